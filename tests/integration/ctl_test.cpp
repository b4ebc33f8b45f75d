// dundunctl: what administrators do, from a shell.
#include <gtest/gtest.h>

#include <fstream>

#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace ctl_test {

class CtlTest : public testing::Test {
 protected:
  struct Run {
    int status;
    std::string out;
  };
  Run ctl(const std::string& line, const std::string& input = "") {
    const std::string log = Stack::shared().folder() + "/ctl.log";
    std::ofstream(log).close();
    const std::string command =
        "printf '%s' '" + input + "' | " + Stack::shared().binary("dundunctl") + " " + line;
    const int status = run_command({"sh", "-c", command}, service_.environment(), log);
    std::ifstream file(log);
    return {status, std::string((std::istreambuf_iterator<char>(file)), {})};
  }
  std::string file(const std::string& text) {
    const std::string path = Stack::shared().folder() + "/import.csv";
    std::ofstream(path) << text;
    return path;
  }

  Service service_{Stack::shared().fresh_database()};
};

TEST_F(CtlTest, FromNothingToAFirstSend) {
  const Run first = ctl("bootstrap --email Root@Example.com --password-stdin --json",
                        "a long pa\u0308ssword\r\n");
  ASSERT_EQ(first.status, 0) << first.out;
  EXPECT_TRUE(contains(first.out, R"("email":"root@example.com","role":"admin")")) << first.out;
  const Run second = ctl("bootstrap --email b@example.com --password-stdin", "a long password");
  EXPECT_EQ(second.status, 1) << "there is an administrator";
  Browser admin(service_.client());
  EXPECT_EQ(admin.login("root@example.com", "a long\u00a0p\u00e4ssword").status, 200);
  EXPECT_EQ(admin.get("/api/admin/accounts").status, 200);

  const Run made = ctl("--json account create --name 'Kijani Tours' --currency KES");
  ASSERT_EQ(made.status, 0) << made.out;
  const std::string id = member(made.out, "id");
  EXPECT_EQ(ctl("account credit " + id + " --amount 500 --description 'Bank 1' --idempotency-key a")
                .status,
            0);
  const Run again =
      ctl("account credit " + id + " --amount 500 --description 'Bank 1' --idempotency-key a");
  EXPECT_EQ(again.status, 0);
  EXPECT_TRUE(contains(again.out, "balance      500.00")) << again.out;
  EXPECT_EQ(ctl("user create " + id + " --email o@example.com --role owner --password-stdin",
                "a long password")
                .status,
            0);
  Browser owner(service_.client());
  ASSERT_EQ(owner.login("o@example.com", "a long password").status, 200);
  EXPECT_EQ(owner.post("/api/messages/send", R"({"to":"+254712345678","text":"hi"})").status, 200);
  const Run list = ctl("account list");
  EXPECT_TRUE(contains(list.out, "Kijani Tours  KES")) << list.out;
  const Run audit = ctl("account audit " + id);
  EXPECT_TRUE(contains(audit.out, "wallet.credited")) << audit.out;
  EXPECT_TRUE(contains(audit.out, "operator")) << audit.out;
  EXPECT_EQ(service_.reconcile(), 0);
}

TEST_F(CtlTest, ItSaysWhatThereIsAndWhatIsWrong) {
  const auto says = [&](const std::string& line, int status, const std::string& why) {
    const Run run = ctl(line);
    EXPECT_EQ(run.status, status) << line << run.out;
    EXPECT_TRUE(contains(run.out, why)) << line << run.out;
  };
  says("account", 2, "dundunctl account suspend ACCOUNT");
  says("key create", 2, "no such command: key create");
  says("key create", 2, "dundunctl key list ACCOUNT");
  says("nonsense", 2, "no such command: nonsense");
  const std::string id = std::to_string(seed_account(service_.pg()));
  says("account credit " + id + " 500", 2, "usage: dundunctl account credit ACCOUNT [--amount]");
  says("account debit " + id + " --amount 9000 --description x", 1,
       "The wallet holds KES 1000.00: 9000.00 cannot be taken out of it.");
  says("account credit " + id + " --amount 1 --description x --currency kes", 0, "1001.00");
  says("account create --name N --currency kes", 0, "KES");
  says("account create --name N --currency qqq", 1, "no exchange rate for 'QQQ'");
  const std::string set = "number set " + id + " --country-code KE --number ";
  says(set + "0712345678", 0, "+254712345678");  // the national form, in the country that is named
  says(set + "07123", 1, "07123");
  says(set + "20880 --carrier nobody", 1, "there is no carrier 'nobody'");
  says("number set 999999 --country-code KE --number 20880", 1, "There is no account 999999.");
  says(set + "20880", 0, "20880");
  const std::string other = std::to_string(seed_account(service_.pg()));
  says("number set " + other + " --country-code KE --number 20880", 1,
       "Account " + id + " has 20880");
  seed_key(service_.pg(), std::stoll(other));
  sql_of_test(service_.pg(), "update api_keys set expires_at = now() - interval '1 day'");
  says("key list " + other, 0, "expired");
}

TEST_F(CtlTest, ImportsAreWholeOrNothing) {
  const Run prices =
      ctl("price import " + file("# from the carrier\nroute,price_per_segment,valid_from\r\n"
                                 "ESMS_GH,0.12,\r\nESMS_MW,72,2100-01-01T00:00:00Z\n"));
  EXPECT_EQ(prices.status, 0) << prices.out;
  EXPECT_EQ(number_of(service_.pg(),
                      "select count(*) from route_prices where price_micros in "
                      "(120000, 72000000)"),
            2);
  const Run wrong =
      ctl("price import " + file("route,price_per_segment\nESMS_GH,1.23\nESMS_QQ,1\n"));
  EXPECT_EQ(wrong.status, 1);
  EXPECT_TRUE(contains(wrong.out, "line 2: ESMS_GH")) << wrong.out;
  EXPECT_EQ(number_of(service_.pg(),
                      "select count(*) from route_prices where price_micros = 1230000 "
                      "and valid_from > now() - interval '1 minute'"),
            0);
  EXPECT_EQ(ctl("fx import " + file("currency,per_usd\nKES,130.5\n")).status, 0);
  EXPECT_TRUE(contains(ctl("fx list").out, "130.50"));
  EXPECT_EQ(ctl("fx import /nowhere.csv").status, 2);
}

TEST_F(CtlTest, EverybodyNamesTheSameRelease) {
  std::string version = read_file(Stack::shared().root() + "/VERSION");
  version.pop_back();
  EXPECT_EQ(run_command({"env", "-i", "sh", "-c",
                         Stack::shared().binary("dundunctl") + " version | grep -qx 'dundun " +
                             version + "'"}),
            0)
      << "no setting is needed";
  EXPECT_EQ(service_.client().get("", "/healthz").body,
            R"({"status":"ok","version":")" + version + R"("})");
  const std::string document = read_file(Stack::shared().binary("../openapi.json"));
  EXPECT_TRUE(contains(document, R"("title":"Dundun","version":")" + version + R"(")"));
  EXPECT_EQ(service_.client().get("", "/health").body, R"({"status":"ok"})")
      << "the second dialect's";
}

TEST_F(CtlTest, ExitCodesSayWhatWentWrong) {
  EXPECT_EQ(ctl("help").status, 0);
  EXPECT_EQ(ctl("").status, 2);
  EXPECT_EQ(ctl("fly").status, 2);
  EXPECT_EQ(ctl("account show").status, 2);
  EXPECT_EQ(ctl("account list --password x").status, 2);
  EXPECT_EQ(ctl("account show 77").status, 1);
  EXPECT_EQ(ctl("account show ../1").status, 1);
  EXPECT_EQ(ctl("reconcile").status, 0);
  EXPECT_EQ(ctl("route suspend ESMS_KE").status, 0);
  EXPECT_TRUE(contains(ctl("route list").out, "ESMS_KE"));
  const std::string log = Stack::shared().folder() + "/ctl.log";
  EXPECT_EQ(run_command(
                {Stack::shared().binary("dundunctl"), "account", "list"},
                {{"DATABASE_URL", "host=/nowhere dbname=x"}, {"REDIS_URL", "unix:/nowhere"}}, log),
            3);
}

}  // namespace ctl_test
}  // namespace dundun
