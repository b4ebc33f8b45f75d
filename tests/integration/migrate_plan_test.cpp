// sql/migrate.sh --plan: what is pending, what it would lock and do, and that nothing is done.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace migrate_plan_test {

namespace fs = std::filesystem;

class MigratePlanTest : public testing::Test {
 protected:
  MigratePlanTest() {
    fs::remove_all(sql_);
    fs::copy(Stack::shared().root() + "/sql", sql_, fs::copy_options::recursive);
  }
  std::string plan() {
    const std::string log = sql_ + "/said";
    fs::remove(log);
    EXPECT_EQ(run_command({sql_ + "/migrate.sh", database_, "dundun_app", "--plan"}, {}, log), 0)
        << read_file(log);
    return read_file(log);
  }

  const std::string sql_ = Stack::shared().folder() + "/sql-of-another-release";
  const std::string database_ = Stack::shared().fresh_database();
  Pg pg_{patient(database_)};
};

TEST_F(MigratePlanTest, NothingIsPending) { EXPECT_EQ(plan(), "nothing is pending\n"); }

TEST_F(MigratePlanTest, EachPendingMigrationIsTriedOnTablesWithoutRows) {
  std::ofstream(sql_ + "/migrations/9001_first.sql")
      << "alter table accounts add column made_of uuid not null default gen_random_uuid();\n"
         "create table strange (a int);\n";
  std::ofstream(sql_ + "/migrations/9002_second.sql")
      << "create index messages_by_route on messages (account_id, route);\n"
         "insert into strange values (1);\n"
         "update wallets set seq = seq;\n";
  seed_account(pg_);
  const std::string said = plan();
  const size_t second = said.find("9002_second.sql\n");
  ASSERT_TRUE(said.starts_with("9001_first.sql\n")) << said;
  ASSERT_NE(second, std::string::npos) << said;
  const std::string first = said.substr(0, second);
  EXPECT_TRUE(contains(first, "  accounts (")) << said;
  EXPECT_TRUE(contains(first, "neither reads nor writes, written anew; about ")) << said;
  EXPECT_FALSE(contains(first, "  messages (")) << said;
  EXPECT_TRUE(contains(said.substr(second), "meanwhile no writes, indexed")) << said;
  EXPECT_TRUE(contains(said.substr(second), "  wallets (")) << said;
  EXPECT_EQ(number_of(pg_, "select count(*) from schema_migrations where version like '9%'"), 0);
  EXPECT_EQ(number_of(pg_, "select count(*) from pg_class where relname = 'strange'"), 0);
  EXPECT_EQ(number_of(pg_, "select count(*) from pg_database where datname like 'dundun_plan%'"), 0)
      << "the copy is gone";
}

TEST_F(MigratePlanTest, AMigrationThatCannotRunIsSeenBefore) {
  std::ofstream(sql_ + "/migrations/9001_first.sql") << "alter table nowhere add column a int;\n";
  const std::string log = sql_ + "/said";
  EXPECT_NE(run_command({sql_ + "/migrate.sh", database_, "--plan"}, {}, log), 0);
  EXPECT_TRUE(contains(read_file(log), "\"nowhere\" does not exist")) << read_file(log);
}

}  // namespace migrate_plan_test
}  // namespace dundun
