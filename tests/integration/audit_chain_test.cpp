// The audit log as evidence: whoever changes a line, takes one out or puts one in is found, even a
// superuser of the database.
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "common/io/crypto.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace audit_chain_test {

class AuditChainTest : public testing::Test {
 protected:
  struct Run {
    int status;
    std::string out;
  };
  Run verify(const std::string& more = "") {
    const std::string log = Stack::shared().folder() + "/verify.log";
    std::ofstream(log).close();
    const std::string command = Stack::shared().binary("dundunctl") + " audit verify --json" + more;
    const int status = run_command({"sh", "-c", command}, service_.environment(), log);
    std::ifstream file(log);
    return {status, std::string((std::istreambuf_iterator<char>(file)), {})};
  }
  Pg& pg() { return service_.pg(); }
  // As a superuser does it: no trigger sees it.
  void forge(const std::string& statement) {
    sql_of_test(pg(), "set session_replication_role = replica");
    sql_of_test(pg(), statement);
    sql_of_test(pg(), "reset session_replication_role");
  }
  void expect_broken(const std::string& where) {
    const Run run = verify();
    EXPECT_EQ(run.status, 1) << run.out;
    EXPECT_TRUE(contains(run.out, where)) << run.out;
  }
  // Some lines of one account, by the API.
  void write_lines(int count) {
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(
          owner_.send("PUT", "/api/workspace", R"({"name":"N)" + std::to_string(i) + "\"}").status,
          200);
    }
  }
  std::string line(int seq) const {
    return " where account_id = " + std::to_string(account_) + " and seq = " + std::to_string(seq);
  }
  std::string account_text() const { return "Account " + std::to_string(account_); }

  Service service_{Stack::shared().fresh_database()};
  int64_t account_ = seed_account(service_.pg());
  int64_t user_ = seed_user(service_.pg(), account_, "owner@example.com");
  Browser owner_ = [this] {
    Browser browser(service_.client());
    EXPECT_EQ(browser.login("owner@example.com", kTestPassword).status, 200);
    return browser;
  }();
};

TEST_F(AuditChainTest, AChangedLineShowsAndSoDoesOneWithANewHash) {
  write_lines(4);
  ASSERT_EQ(verify().status, 0) << verify().out;
  for (const char* change : {"detail = '{}'", "actor = 'nobody'", "at = at + interval '1 second'",
                             "address = '203.0.113.9'", "action = 'user.created'", "actor_id = 0",
                             "subject = 'x'", "actor_kind = 'operator'"}) {
    forge("create table kept as select * from audit_log" + line(3));
    forge(std::string("update audit_log set ") + change + line(3));
    expect_broken(account_text() + ", line 3 (audit_id ");
    forge("delete from audit_log" + line(3));
    forge("insert into audit_log select * from kept");
    forge("drop table kept");
    ASSERT_EQ(verify().status, 0) << change;
  }
  // Who also makes its hash anew breaks the line after it.
  forge("update audit_log set actor = 'nobody'" + line(3));
  forge("update audit_log a set hash = audit_line_hash((select hash from audit_log b" + line(2) +
        "), a)" + line(3));
  expect_broken(account_text() + ", line 4 (audit_id ");
}

TEST_F(AuditChainTest, ALineTakenOutShows) {
  write_lines(4);
  forge("delete from audit_log" + line(2));
  expect_broken(account_text() + ", line 2: is missing");
  // Also when the others close up.
  forge("update audit_log set seq = seq - 1 where account_id = " + std::to_string(account_) +
        " and seq = 3");
  expect_broken(account_text() + ", line 2 (audit_id ");
}

TEST_F(AuditChainTest, TheEndTakenOffShowsAndTheWholeChainToo) {
  write_lines(3);
  forge("delete from audit_log" + line(4));
  expect_broken(account_text() + ", line 4: is missing at the end");
  forge("delete from audit_log where account_id = " + std::to_string(account_));
  expect_broken(account_text() + ", line 1: is missing at the end");
}

TEST_F(AuditChainTest, ALinePutInShows) {
  write_lines(2);
  const std::string account = std::to_string(account_);
  const auto put_in = [&](const std::string& seq) {
    forge(
        "insert into audit_log (account_id, actor_kind, actor_id, actor, address, action, "
        "subject, seq, hash) values (" +
        account + ", 'user', 1, 'x', '', 'x', 'x', " + seq + ", sha256('x'))");
  };
  put_in("4");
  expect_broken(account_text() + ", line 4 (audit_id ");
  forge("delete from audit_log" + line(4));
  ASSERT_EQ(verify().status, 0);
  forge(
      "insert into audit_log (account_id, actor_kind, actor_id, actor, address, action, subject, "
      "seq, hash) values (999999, 'user', 1, 'x', '', 'x', 'x', 1, sha256('x'))");
  expect_broken("Account 999999, line 1: stands in no chain");
}

TEST_F(AuditChainTest, AChainWrittenAnewIsFoundByAnEarlierProof) {
  write_lines(3);
  const std::string kept = Stack::shared().folder() + "/proof.json";
  const Run proof = verify();
  ASSERT_EQ(proof.status, 0) << proof.out;
  std::ofstream(kept) << proof.out;
  write_lines(1);
  EXPECT_EQ(verify(" --file " + kept).status, 0) << "lines that came since are no harm";
  forge("update audit_log set actor = 'nobody'" + line(2));
  for (int seq = 2; seq <= 5; ++seq) {
    forge("update audit_log a set hash = audit_line_hash((select hash from audit_log b" +
          line(seq - 1) + "), a)" + line(seq));
  }
  forge("update audit_chains set hash = (select hash from audit_log" + line(5) +
        ") where account_id = " + std::to_string(account_));
  EXPECT_EQ(verify().status, 0) << "by itself it is whole";
  const Run found = verify(" --file " + kept);
  EXPECT_EQ(found.status, 1);
  EXPECT_TRUE(contains(found.out, account_text() + ", line 4: is not the one of the earlier proof"))
      << found.out;
}

TEST_F(AuditChainTest, ManyAtOnceMakeOneChainWithoutGaps) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 6; ++i) {
    writers.emplace_back([this] {
      Browser browser(service_.client());
      EXPECT_EQ(browser.login("owner@example.com", kTestPassword).status, 200);
      for (int j = 0; j < 10; ++j) {
        EXPECT_EQ(browser.send("PUT", "/api/workspace", R"({"name":"Kijani"})").status, 200);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string of = " from audit_log where account_id = " + std::to_string(account_);
  EXPECT_EQ(number_of(pg(), "select count(*)" + of), 67);
  EXPECT_EQ(number_of(pg(), "select max(seq)" + of), 67);
  EXPECT_EQ(verify().status, 0) << verify().out;
}

TEST_F(AuditChainTest, WhatRetentionLeavesStillFollows) {
  write_lines(4);
  forge("update audit_log set at = at - interval '400 days' where account_id = " +
        std::to_string(account_) + " and seq <= 3");
  for (int seq = 1; seq <= 5; ++seq) {
    const std::string before = seq == 1 ? "decode(repeat('00', 32), 'hex')"
                                        : "(select hash from audit_log b" + line(seq - 1) + ")";
    forge("update audit_log a set hash = audit_line_hash(" + before + ", a)" + line(seq));
  }
  forge("update audit_chains set hash = (select hash from audit_log" + line(5) +
        ") where account_id = " + std::to_string(account_));
  ASSERT_EQ(verify().status, 0) << verify().out;
  EXPECT_EQ(number_of(pg(), "select forget_audit(now() - interval '300 days', 2)"), 2);
  EXPECT_EQ(verify().status, 0) << verify().out;
  EXPECT_EQ(number_of(pg(), "select forget_audit(now() - interval '300 days', 100)"), 1);
  EXPECT_EQ(verify().status, 0) << verify().out;
  write_lines(1);
  EXPECT_EQ(verify().status, 0) << verify().out;
  forge("delete from audit_log" + line(4));
  expect_broken(account_text() + ", line 4: is missing");
}

// Computed here from what docs/rights.md says, not by the function that made it.
TEST_F(AuditChainTest, TheHashIsWhatTheDocumentSays) {
  const PgRows row = sql_of_test(
      pg(),
      "select account_id::text, seq::text, (extract(epoch from at) * 1000000)::bigint::text, "
      "actor_kind, actor_id::text, actor, address, action, subject, detail, hash "
      "from audit_log" +
          line(1));
  std::string bytes(32, '\0');
  for (int column = 0; column < 10; ++column) {
    const std::string_view field = row.text(0, column);
    const auto size = static_cast<uint32_t>(field.size());
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 0xff);
    bytes += field;
  }
  EXPECT_EQ(to_hex(sha256(bytes)), to_hex(row.text(0, 10)));
}

}  // namespace audit_chain_test
}  // namespace dundun
