// The second lock (migration 0049): where a statement forgets the account, PostgreSQL does not.
#include <gtest/gtest.h>

#include <deque>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace row_security_test {

class RowSecurityTest : public testing::Test {
 protected:
  Pg as_account(std::optional<int64_t> account) {
    Pg pg(patient(as_role(database_, "dundun_app")));
    pg.restrict_to(account);
    return pg;
  }
  const Statement& statement(const std::string& text) {
    texts_.push_back(text);
    names_.push_back("s" + std::to_string(texts_.size()));
    return statements_.emplace_back(Statement{names_.back().c_str(), texts_.back().c_str(), 0});
  }
  // Rows that a forgetful statement reads or changes; what PostgreSQL says where it refuses.
  std::string rows_of(Pg& pg, const std::string& text) {
    const auto rows = pg.run(statement(text), {});
    if (!rows) return rows.error().detail;
    return std::to_string(rows->size() > 0 ? rows->size() : rows->affected());
  }

  std::string database_ = Stack::shared().fresh_database();
  Pg admin_{patient(database_)};
  int64_t one_ = seed_account(admin_), other_ = seed_account(admin_);
  std::deque<std::string> texts_, names_;
  std::deque<Statement> statements_;
};

TEST_F(RowSecurityTest, EveryTableWithAnAccountIsLocked) {
  const PgRows open = sql_of_test(
      admin_,
      "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
      " where a.attname = 'account_id' and c.relkind in ('r', 'p') and not c.relispartition"
      " and c.relname <> 'user_emails'"
      " and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and exists"
      " (select from pg_policy p where p.polrelid = c.oid and p.polname = 'own_account'))");
  for (int row = 0; row < open.size(); ++row) {
    ADD_FAILURE() << open.text(row, 0) << ": its migration does not call lock_to_account()";
  }
  EXPECT_GT(number_of(admin_, "select count(*) from pg_policy"), 40);
  EXPECT_EQ(number_of(admin_,
                      "select count(*) from pg_class where relkind = 'v' and"
                      " relnamespace = 'public'::regnamespace and"
                      " not coalesce(reloptions, '{}') @> '{security_invoker=true}'"),
            0)
      << "a view that reads as its owner is a way around";
}

TEST_F(RowSecurityTest, AForgetfulStatementMeetsItsOwnAccountAlone) {
  Pg mine = as_account(one_), all = as_account(std::nullopt);
  for (const char* table : {"wallets", "ledger_entries"}) {
    const std::string text = std::string("select account_id from ") + table;
    const PgRows rows = *mine.run(statement(text), {});
    EXPECT_EQ(rows.size(), 2) << table;
    for (int row = 0; row < rows.size(); ++row) EXPECT_EQ(rows.i64(row, 0), one_);
    EXPECT_EQ(rows_of(all, text), "4") << table;
  }
  EXPECT_EQ(rows_of(mine, "select account_id from accounts"), "1");
  EXPECT_EQ(rows_of(mine, "update wallets set balance_micros = balance_micros"), "2");
  EXPECT_EQ(rows_of(mine, "delete from wallets where account_id = " + std::to_string(other_)), "0");
}

// No connection goes on with the account of who had it before.
TEST_F(RowSecurityTest, TheLockEndsWithTheTransaction) {
  const std::string wallets = "select account_id from wallets";
  Pg pg = as_account(one_);
  ASSERT_TRUE(pg.run_pipeline(std::array{Pg::Call{&kPgBegin, {}}}));
  EXPECT_EQ(rows_of(pg, wallets), "2");
  EXPECT_EQ(rows_of(pg, wallets), "2") << "each trip of a transaction";
  ASSERT_TRUE(pg.run_pipeline(std::array{Pg::Call{&kPgCommit, {}}}));
  EXPECT_EQ(rows_of(pg, wallets), "2");
  pg.restrict_to(std::nullopt);
  EXPECT_EQ(rows_of(pg, wallets), "4");
  pg.restrict_to(other_);
  EXPECT_TRUE(contains(rows_of(pg, "select 1 / 0"), "22012"));
  EXPECT_EQ(rows_of(pg, "select from accounts where account_id = " + std::to_string(one_)), "0");
  pg.restrict_to(std::nullopt);
  EXPECT_EQ(rows_of(pg, wallets), "4") << "after an error";
}

TEST_F(RowSecurityTest, APoolLendsConnectionsWithTheLockAndTakesItOff) {
  PgPool pool({.url = as_role(database_, "dundun_app")}, 1, std::chrono::seconds(5));
  const Statement& wallets = statement("select account_id from wallets");
  EXPECT_EQ(pool.restricted_to(one_).run(wallets, {})->size(), 2);
  EXPECT_EQ(pool.run(wallets, {})->size(), 4);
  PgPool mine = pool.restricted_to(other_);
  EXPECT_EQ((*mine.lease())->run(wallets, {})->size(), 2);
  EXPECT_EQ((*pool.lease())->run(wallets, {})->size(), 4);
}

// The whole way: with the lock set to another account the right statements find nothing either.
TEST_F(RowSecurityTest, RequestsOfAnAccountAreLocked) {
  Service service(database_);
  const std::string key = seed_key(service.pg(), one_, KeyKind::kLive, "{send,query,admin}");
  HttpClient client = service.client();
  const HttpAnswer sent =
      client.post(key, "/api/messages/send", R"({"to":"+254712345678","text":"hello"})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  const std::string id = member(sent.body, "id");
  EXPECT_EQ(client.get(key, "/api/messages/" + id).status, 200);
  const auto own_account = [&](const std::string& shift) {
    sql_of_test(service.pg(),
                "create or replace function own_account() returns bigint language sql stable"
                " parallel safe as $$ select nullif(current_setting('dundun.account', true), '')"
                "::bigint" +
                    shift + " $$");
  };
  own_account(" + 1");
  EXPECT_EQ(client.get(key, "/api/messages/" + id).status, 404);
  EXPECT_FALSE(contains(client.get(key, "/api/messages").body, id));
  own_account("");
  EXPECT_EQ(client.get(key, "/api/messages/" + id).status, 200);
}

}  // namespace row_security_test
}  // namespace dundun
