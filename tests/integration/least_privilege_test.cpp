// The role that the programs connect as cannot rewrite the books, the timelines or the audit log.
#include <gtest/gtest.h>

#include <deque>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace least_privilege_test {

class LeastPrivilegeTest : public testing::Test {
 protected:
  // What PostgreSQL says to the programs' role; empty: done.
  std::string refusal(const std::string& text) {
    texts_.push_back(text);
    names_.push_back("s" + std::to_string(texts_.size()));
    const Statement statement{names_.back().c_str(), texts_.back().c_str(), 0};
    const auto rows = app_.run(statement, {});
    return rows ? "" : rows.error().detail;
  }
  void expect_refused(const std::string& text) {
    EXPECT_TRUE(contains(refusal(text), "42501")) << text << ": " << refusal(text);
  }

  std::string database_ = Stack::shared().fresh_database();
  Pg admin_{patient(database_)};
  Pg app_{patient(as_role(database_, "dundun_app"))};
  int64_t account_ = seed_account(admin_);
  std::deque<std::string> texts_, names_;
};

TEST_F(LeastPrivilegeTest, EvidenceIsAddedToAndRead) {
  const std::string account = std::to_string(account_);
  EXPECT_EQ(
      refusal("insert into ledger_entries (account_id, environment, seq, type, amount_micros, "
              "balance_after_micros, description) values (" +
              account + ", 0, 2, 1, 1, 1, 'x')"),
      "");
  EXPECT_EQ(refusal("insert into audit_log (account_id, actor_kind, actor_id, actor, address, "
                    "action, subject) values (" +
                    account + ", 'user', 1, 'x', '', 'x', 'x')"),
            "");
  for (const char* table : {"ledger_entries", "message_events", "audit_log", "audit_chains"}) {
    EXPECT_EQ(refusal(std::string("select count(*) from ") + table), "") << table;
  }
}

TEST_F(LeastPrivilegeTest, EvidenceIsNeverRewritten) {
  for (const std::string table : {"ledger_entries", "message_events", "audit_log"}) {
    expect_refused("update " + table + " set account_id = 0");
    expect_refused("delete from " + table);
    expect_refused("truncate " + table);
    expect_refused("drop table " + table);
    expect_refused("alter table " + table + " disable trigger all");
  }
  expect_refused("update audit_chains set seq = 0");
  expect_refused("insert into audit_chains (account_id) values (99)");
  expect_refused("update retention_floors set keep = '0'");
  expect_refused("update schema_migrations set checksum = ''");
  expect_refused("create table mine (x int)");
  expect_refused("create function mine() returns int language sql as 'select 1'");
  expect_refused("set session_replication_role = replica");
}

// Neither directly nor through the table that they belong to.
TEST_F(LeastPrivilegeTest, APartitionIsNoWayAround) {
  const PgRows parts = sql_of_test(
      admin_, "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid");
  ASSERT_GT(parts.size(), 5);
  for (int row = 0; row < parts.size(); ++row) {
    const std::string name(parts.text(row, 0));
    if (name.find("_pkey") != std::string::npos || name.find("_idx") != std::string::npos) continue;
    EXPECT_EQ(number_of(admin_, "select count(*) from pg_class where relname = '" + name +
                                    "' and relkind = 'r' and (has_table_privilege('dundun_app', "
                                    "oid, 'update') or has_table_privilege('dundun_app', oid, "
                                    "'delete') or has_table_privilege('dundun_app', oid, "
                                    "'truncate'))"),
              0)
        << name;
  }
}

TEST_F(LeastPrivilegeTest, WhatKeepsPartitionsAllowsNoMoreThanItSays) {
  EXPECT_EQ(refusal("select ensure_partitions(4)"), "");
  const auto months = [&] {
    return number_of(admin_, "select count(*) from pg_class where relname ~ '^messages_[0-9_]+$'");
  };
  const int64_t before = months();
  EXPECT_EQ(
      refusal("select drop_old_month('{messages,message_events}', now() + interval '9 years', "
              "1000) from generate_series(1, 9)"),
      "");
  EXPECT_GE(months(), before - 1) << "only the month that has ended";
  EXPECT_TRUE(contains(refusal("select drop_old_month('{ledger_entries}', now(), 1000)"),
                       "not to be dropped"));
  expect_refused("select drop_month('{messages}', now() + interval '9 years', 1000)");
  expect_refused("select forget_audit_before(now(), 100)");
  sql_of_test(admin_,
              "insert into audit_log (account_id, actor_kind, actor_id, actor, address, "
              "action, subject, at) select 7, 'user', 1, 'x', '', 'x', 'x', "
              "now() - make_interval(days => d) from unnest('{100,80}'::int[]) d");
  EXPECT_EQ(refusal("select forget_audit(now() + interval '1 day', 1000)"), "");
  EXPECT_EQ(number_of(admin_, "select count(*) from audit_log where account_id = 7"), 1)
      << "younger than the owner's floor stays";
}

// A table that a later migration adds is open to the programs without anybody's thought, and
// evidence is not: the lists of both are here.
TEST_F(LeastPrivilegeTest, EveryTableIsOneOrTheOther) {
  const PgRows closed =
      sql_of_test(admin_,
                  "select relname from pg_class where relnamespace = 'public'::regnamespace and "
                  "relkind in ('r', 'p') and not relispartition and not "
                  "has_table_privilege('dundun_app', oid, 'update') order by relname");
  std::string names;
  for (int row = 0; row < closed.size(); ++row) names += std::string(closed.text(row, 0)) + " ";
  EXPECT_EQ(names,
            "audit_chains audit_log ledger_entries message_events monthly_tables "
            "retention_floors schema_migrations ");
  EXPECT_EQ(number_of(admin_,
                      "select count(*) from pg_class where relnamespace = "
                      "'public'::regnamespace and relowner <> 'dundun'::regrole"),
            0)
      << "the owner owns all";
}

}  // namespace least_privilege_test
}  // namespace dundun
