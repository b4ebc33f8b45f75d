// dundunctl import kannel: what becomes of a kannel.conf.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "common/io/json.h"
#include "tests/support/process.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace import_kannel_test {

class ImportKannelTest : public testing::Test {
 protected:
  ImportKannelTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    sql_of_test(pg(), "update routes set connector = 'loopback'");
  }
  Pg& pg() { return service_.pg(); }
  struct Run {
    int status;
    std::string out;
  };
  Run import(const std::string& file, const std::string& options = "") {
    const std::string log = Stack::shared().folder() + "/import.log";
    std::ofstream(log).close();
    auto environment = service_.environment();
    environment["CARRIER_SECRETS_DIR"] = folder_;
    const int status = run_command(
        {"sh", "-c",
         Stack::shared().binary("dundunctl") + " import kannel '" + file + "' " + options},
        environment, log);
    return {status, read_file(log)};
  }
  static std::string data(const std::string& name) {
    return Stack::shared().root() + "/tests/data/kannel/" + name;
  }
  // The row of the group that begins in this line.
  static std::string row(const std::string& out, int line) {
    const std::string mark = "\n" + std::to_string(line) + " ";
    const size_t at = out.find(mark);
    return at == out.npos ? "" : out.substr(at + 1, out.find('\n', at + 1) - at - 1);
  }
  int64_t carriers() { return number_of(pg(), "select count(*) from carriers"); }
  std::string connector(const std::string& country) {
    return std::string(
        sql_of_test(pg(), "select min(connector) from routes where country = '" + country + "'")
            .text(0, 0));
  }

  const std::string folder_ = Stack::shared().folder() + "/import-carriers";
  Service service_{Stack::shared().fresh_database()};
};

TEST_F(ImportKannelTest, TheDistributionsExampleHasNothingToCarryOver) {
  const Run run = import("/usr/share/doc/kannel/examples/kannel.conf", "--dry-run");
  ASSERT_EQ(run.status, 0) << run.out;
  EXPECT_TRUE(contains(run.out,
                       "stays with Kannel: Dundun sends by "
                       "http://127.0.0.1:13013/cgi-bin/sendsms"))
      << run.out;
  EXPECT_TRUE(contains(run.out, "account create --name 'tester'")) << run.out;
  EXPECT_FALSE(contains(run.out, "foobar")) << "a password";
  EXPECT_FALSE(contains(run.out, "carrier ")) << run.out;
}

TEST_F(ImportKannelTest, ADryRunTellsAndChangesNothing) {
  const Run run = import(data("two-links.conf"), "--dry-run");
  ASSERT_EQ(run.status, 0) << run.out;
  EXPECT_TRUE(contains(row(run.out, 24), "carrier safaricom-tx, 12 segments a second; route"));
  EXPECT_TRUE(contains(row(run.out, 36), "carrier safaricom-tx: the same as line 24"));
  EXPECT_TRUE(contains(row(run.out, 44), "carrier airtel")) << row(run.out, 44);
  EXPECT_TRUE(contains(row(run.out, 44), "denied-prefix is not carried over"));
  EXPECT_TRUE(contains(row(run.out, 54), "no route: dundunctl route set CODE --connector backup"));
  EXPECT_TRUE(contains(row(run.out, 3), "its receipts in mysql")) << run.out;
  EXPECT_TRUE(contains(row(run.out, 12), "stays with Kannel: its own store")) << run.out;
  EXPECT_TRUE(contains(row(run.out, 69), "Dundun sends by http://127.0.0.1:14013/send"));
  EXPECT_TRUE(contains(row(run.out, 75), "number set ACCOUNT --number 20881")) << run.out;
  const std::string user = row(run.out, 80);
  EXPECT_TRUE(contains(user, R"(allowed_ips ["127.0.0.1","10.0.0.0/16"])")) << user;
  EXPECT_TRUE(contains(user, "--carrier airtel --choice pinned")) << user;
  EXPECT_TRUE(contains(user, "sender name KIJANI")) << user;
  EXPECT_FALSE(contains(run.out, "pass ")) << "a password";
  EXPECT_EQ(carriers(), number_of(pg(), "select count(*) from carriers where kind is null"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_EQ(connector("KE"), "loopback");
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action like '%imported'"), 0);
}

TEST_F(ImportKannelTest, CarriersAndTheirRoutesAreMade) {
  const Run run = import(data("two-links.conf"), "--address http://10.0.0.5:8080/");
  ASSERT_EQ(run.status, 0) << run.out;
  const PgRows rows = sql_of_test(pg(),
                                  "select carrier, settings, coalesce(segments_per_s, 0) from "
                                  "carriers where kind = 'kannel' order by carrier");
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows.text(0, 0), "airtel");
  EXPECT_EQ(rows.text(2, 0), "safaricom-tx");
  EXPECT_EQ(rows.text(2, 1), R"({"url":"http://127.0.0.1:14013/send","receipts_url":)"
                             R"("http://10.0.0.5:8080/carrier/safaricom-tx/kannel-receipt",)"
                             R"("smsc":"Safaricom_TX"})");
  EXPECT_EQ(rows.i64(2, 2), 12);
  EXPECT_EQ(connector("KE"), "safaricom-tx");
  EXPECT_EQ(connector("UG"), "airtel");
  EXPECT_EQ(connector("TZ"), "airtel");
  EXPECT_EQ(connector("NG"), "loopback");
  struct stat about {};
  ASSERT_EQ(stat((folder_ + "/airtel").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777u, 0640u);
  EXPECT_FALSE(contains(run.out, "password=")) << run.out;
  // Again: nothing is made anew, the file of secrets least of all.
  const std::string secrets = read_file(folder_ + "/airtel");
  sql_of_test(pg(), "update carriers set segments_per_s = 7 where carrier = 'airtel'");
  const Run again = import(data("two-links.conf"));
  ASSERT_EQ(again.status, 0) << again.out;
  EXPECT_TRUE(contains(row(again.out, 44), "it is there already, and stays as it is"));
  EXPECT_EQ(read_file(folder_ + "/airtel"), secrets);
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action = 'carrier.imported'"), 3);
}

TEST_F(ImportKannelTest, WhatIsNotCarriedOverSaysWhy) {
  const Run run = import(data("keywords.conf"), "--dry-run");
  ASSERT_EQ(run.status, 0) << run.out;
  EXPECT_TRUE(contains(row(run.out, 3), "an included file is not read"));
  EXPECT_TRUE(contains(row(run.out, 5), "white-list is not carried over"));
  EXPECT_TRUE(contains(row(run.out, 11), "it plays an SMSC"));
  EXPECT_TRUE(contains(row(run.out, 17), "carrier kannel")) << run.out;
  EXPECT_TRUE(contains(row(run.out, 23), "carrier loopback-2; by Kannel for now")) << run.out;
  EXPECT_TRUE(contains(row(run.out, 38), R"("mo_url": "http://localhost/sms")")) << run.out;
  EXPECT_TRUE(contains(row(run.out, 45), "--keyword info --auto-reply 'Open from 9 to 17."));
  EXPECT_TRUE(contains(row(run.out, 49), "exec is not carried over"));
  EXPECT_TRUE(contains(row(run.out, 53), "no regular expression"));
  EXPECT_TRUE(contains(row(run.out, 57), "not carried over: WAP"));
  EXPECT_TRUE(contains(row(run.out, 60), "does not know this group"));
}

TEST_F(ImportKannelTest, AFileThatCannotBeReadChangesNothing) {
  const std::string path = Stack::shared().folder() + "/broken.conf";
  std::ofstream(path) << "group = smsc\nsmsc = smpp\nsmsc-id = a\n\nport = 7\n";
  const Run run = import(path);
  EXPECT_EQ(run.status, 1);
  EXPECT_TRUE(contains(run.out, "line 5: a block that does not begin")) << run.out;
  EXPECT_EQ(number_of(pg(), "select count(*) from carriers where kind = 'kannel'"), 0);
  EXPECT_EQ(import(data("two-links.conf"), "--address here").status, 1);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace import_kannel_test
}  // namespace dundun
