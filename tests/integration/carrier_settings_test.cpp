// How the operator describes a carrier, tries the description, and sees the receipts that nobody
// claims.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/http_carrier.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace carrier_settings_test {

class CarrierSettingsTest : public testing::Test {
 protected:
  CarrierSettingsTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/at") << "base_url=https://api.example.com\napi_key=very-secret\n"
                                   << "username=sandbox\n";
    std::ofstream(folder_ + "/kannel") << "username=u\npassword=p\nsecret=s\n";
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder_},
                           {"UNMATCHED_RECEIPTS_KEEP_DAYS", "30"}};
    service_ = std::make_unique<Service>(Stack::shared().fresh_database(), options);
    seed_user(pg(), seed_account(pg()), "root@example.com", "admin");
    admin_ = std::make_unique<Browser>(service_->client());
    EXPECT_EQ(admin_->login("root@example.com", kTestPassword).status, 200);
  }
  Pg& pg() { return service_->pg(); }
  std::string shipped() const {
    return Stack::shared().root() + "/deploy/carriers/africastalking.json";
  }
  struct Run {
    int status;
    std::string out;
  };
  Run ctl(const std::string& line) {
    const std::string log = service_->folder() + "/ctl.log";
    std::ofstream(log).close();
    const int status = run_command({"sh", "-c", Stack::shared().binary("dundunctl") + " " + line},
                                   service_->environment(), log);
    std::ifstream file(log);
    return {status, std::string((std::istreambuf_iterator<char>(file)), {})};
  }
  HttpAnswer put(const std::string& carrier, const std::string& body) {
    return admin_->send("PUT", "/api/admin/carriers/" + carrier + "/settings", body);
  }
  // A receipt of some age that nobody claims; its id.
  int64_t keep(const std::string& carrier, const std::string& id, const std::string& age) {
    sql_of_test(pg(),
                "insert into carrier_receipts (carrier, carrier_message_id, word, error,"
                " carrier_time, number, received_at, due_at) values ('" +
                    carrier + "', '" + id +
                    "', 'DELIVRD', '', '', '+2547*****78', now() - interval '" + age +
                    "', now() + interval '1 hour')");
    return number_of(pg(), "select max(receipt_id) from carrier_receipts");
  }

  const std::string folder_ = Stack::shared().folder() + "/settings-carriers";
  std::unique_ptr<Service> service_;
  std::unique_ptr<Browser> admin_;
};

TEST_F(CarrierSettingsTest, AShippedDescriptionIsTriedAndTaken) {
  const Run tried = ctl("--json carrier check at --kind http --file " + shipped());
  ASSERT_EQ(tried.status, 0) << tried.out;
  EXPECT_TRUE(contains(tried.out, R"("url":"https://api.example.com/version1/messaging")"))
      << tried.out;
  EXPECT_TRUE(contains(tried.out, R"("apiKey: ***")")) << tried.out;
  EXPECT_TRUE(contains(tried.out, "message=A%20%22quoted%22%20text%20with%20%7B%7Bto%7D%7D"))
      << tried.out;
  EXPECT_FALSE(contains(tried.out, "very-secret")) << tried.out;
  EXPECT_EQ(number_of(pg(), "select count(*) from carriers"), 0);
  EXPECT_EQ(ctl("carrier check at").status, 1) << "there is none in force";

  const Run taken = ctl("carrier set at --kind http --file " + shipped());
  ASSERT_EQ(taken.status, 0) << taken.out;
  EXPECT_EQ(ctl("carrier check at").status, 0);
  EXPECT_TRUE(contains(ctl("carrier list").out, "http"));
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action = 'carrier.settings'"), 1);
  EXPECT_EQ(
      number_of(pg(), "select count(*) from audit_log where detail::text like '%secret.api%'"), 1);
  EXPECT_TRUE(contains(admin_->get("/api/admin/carriers").body,
                       R"({"carrier":"at","is_active":true,"secrets":0,"kind":"http",)"));
}

TEST_F(CarrierSettingsTest, AWrongOneIsNamedAndChangesNothing) {
  ASSERT_EQ(ctl("carrier set at --kind http --file " + shipped()).status, 0);
  const PgRows before = sql_of_test(pg(), "select settings from carriers");
  const std::pair<std::string, int> cases[] = {
      {R"({"kind":"http","settings":{"url":"https://x.example/","ansver":{}}})", 400},
      {R"({"kind":"http","settings":{"url":"http://10.0.0.1/"}})", 400},
      {R"({"kind":"http","settings":7})", 400},
      {R"({"kind":"http"})", 422},
      {R"({"kind":"pigeon","settings":{}})", 422},
      {R"({"kind":"kannel","settings":{"url":"http://x"}})", 422},
      {R"({"settings":{}})", 422},
      {"", 422},
  };
  for (const auto& [body, status] : cases) {
    const HttpAnswer refused = put("at", body);
    EXPECT_EQ(refused.status, status) << body << refused.body;
  }
  EXPECT_TRUE(contains(put("at", cases[0].first).body, "answer is missing.")) << cases[0].first;
  EXPECT_EQ(put("nobody", R"({"kind":"http","settings":{}})").status, 400) << "it has no file";
  EXPECT_EQ(put("Bad%2fName", R"({"kind":"http","settings":{}})").status, 404);
  EXPECT_EQ(sql_of_test(pg(), "select settings from carriers").text(0, 0), before.text(0, 0));
  EXPECT_EQ(put("kannel", R"({"kind":"kannel","settings":
      {"url":"http://127.0.0.1:1/","receipts_url":"http://127.0.0.1:2/"}})")
                .status,
            200);
  const Run wrong = ctl("carrier check at --kind http --file /dev/null");
  EXPECT_EQ(wrong.status, 2) << wrong.out;
}

TEST_F(CarrierSettingsTest, UnmatchedReceiptsAreListedAndDiscarded) {
  for (int i = 1; i <= 3; ++i) keep("at", "x-" + std::to_string(i), "2 minutes");
  const int64_t last = keep("other", "y", "3 days");
  const std::string all = admin_->get("/api/admin/receipts/unmatched").body;
  EXPECT_TRUE(contains(all, R"("carrier":"other","carrier_message_id":"y","account_id":null)"))
      << all;
  EXPECT_TRUE(contains(all, R"("number":"+2547*****78","times":1)")) << all;
  EXPECT_TRUE(contains(all, R"("age_s":2592)")) << all;
  const std::string some =
      admin_->get("/api/admin/receipts/unmatched?carrier=at&limit=2&after=" + std::to_string(last))
          .body;
  EXPECT_TRUE(contains(some, "x-3") && contains(some, "x-2") && !contains(some, "x-1")) << some;
  EXPECT_FALSE(contains(some, "other"));
  EXPECT_EQ(admin_->get("/api/admin/receipts/unmatched?limit=0").status, 422);
  const std::string one = "/api/admin/receipts/unmatched/" + std::to_string(last);
  EXPECT_EQ(admin_->send("DELETE", one).status, 204);
  EXPECT_EQ(admin_->send("DELETE", one).status, 404);
  EXPECT_EQ(admin_->send("DELETE", "/api/admin/receipts/unmatched/x").status, 404);
  const Run listed = ctl("receipts unmatched --carrier at");
  EXPECT_TRUE(contains(listed.out, "x-1")) << listed.out;
  EXPECT_EQ(ctl("receipts discard " + std::to_string(last - 1)).status, 0);
  EXPECT_EQ(number_of(pg(), "select count(*) from carrier_receipts"), 2);
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action = 'receipt.discarded'"),
            2);
}

// The scheduler counts them for the operator, and forgets old ones and ids that nobody asks for.
TEST_F(CarrierSettingsTest, UnmatchedReceiptsAreCountedAndForgotten) {
  keep("at", "old", "31 days");
  keep("at", "fresh", "2 minutes");
  keep("at", "just-now", "1 second");
  const int64_t account = number_of(pg(), "select max(account_id) from accounts");
  sql_of_test(pg(), "insert into carrier_ids select 'at', n::text, " + std::to_string(account) +
                        ", uuid7_floor(now() - make_interval(days => n)) from"
                        " generate_series(1, 10, 3) n");
  Process scheduler = service_->scheduler(600);
  ASSERT_TRUE(
      wait_until([&] { return number_of(pg(), "select count(*) from carrier_receipts") == 2; }));
  EXPECT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from carrier_ids") == 2; }));
  const auto gauge = [&] {
    for (const auto& file :
         std::filesystem::directory_iterator(service_->folder() + "/run/metrics")) {
      std::ifstream in(file.path());
      for (std::string line; std::getline(in, line);) {
        if (line.starts_with("dundun_receipts_unmatched{")) return line.substr(line.rfind(' '));
      }
    }
    return std::string();
  };
  EXPECT_TRUE(wait_until([&] { return gauge() == " 1"; })) << gauge();
}

}  // namespace carrier_settings_test
}  // namespace dundun
