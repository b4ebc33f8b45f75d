// Carriers that call from networks of their own: each of the doors asks for the address, as nginx
// takes it, after the proof.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/carrier/receipt_url.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/http_carrier.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"
#include "tests/support/wait.h"

namespace dundun {
namespace carrier_networks_test {

constexpr const char* kInside = "192.0.2.9";
constexpr const char* kOutside = "198.51.100.1";

class CarrierNetworksTest : public testing::Test {
 protected:
  CarrierNetworksTest() {
    const std::string folder = Stack::shared().folder() + "/networks-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    take_over(before, folder,
              {"infobip",
               shipped_description("infobip"),
               {{"base_url", "http://127.0.0.1:1"},
                {"api_key", "k"},
                {"secret", "signs"},
                {"receipts_url", "http://127.0.0.1:1/carrier/infobip/dlr"}}});
    std::ofstream(folder + "/kannel") << "secret=signs\n";
    sql_of_test(before,
                "insert into carriers (carrier, secret_hashes) values ('kannel', '{}'), "
                "('plain', array['\\x" +
                    to_hex(sha256("plain-secret")) + "'::bytea])");
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder}};
    // Who calls is what the proxy before us says.
    options.site = "set_real_ip_from unix:; real_ip_header X-Forwarded-For;";
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg());
    sql_of_test(pg(),
                "insert into inbound_numbers (number, country, account_id) values "
                "('20880', 'KE', " +
                    std::to_string(account_) + ")");
    seed_user(pg(), account_, "ops@kijani.example", "admin");
    admin_ = std::make_unique<Browser>(service_->client());
    EXPECT_EQ(admin_->login("ops@kijani.example", kTestPassword).status, 200);
  }
  Pg& pg() { return service_->pg(); }
  HttpAnswer limit(const std::string& carrier, const std::string& networks) {
    return admin_->send("PUT", "/api/admin/carriers/" + carrier,
                        R"({"allowed_ips":)" + networks + "}");
  }
  HttpAnswer call(const std::string& path, const std::string& body, const char* from) {
    return service_->client().send(
        "POST", "/carrier/" + path,
        {{"X-Forwarded-For", from}, {"Content-Type", "application/json"}}, body);
  }
  void only_from_inside(const std::string& path, const std::string& body, int status) {
    const HttpAnswer refused = call(path, body, kOutside);
    EXPECT_EQ(refused.status, 403) << path << refused.body;
    EXPECT_TRUE(contains(refused.body, "address_not_allowed")) << refused.body;
    const HttpAnswer taken = call(path, body, kInside);
    EXPECT_EQ(taken.status, status) << path << taken.body;
  }
  // Metrics are written once a second.
  bool counted(const std::string& series) {
    return wait_until([&] {
      for (const auto& file :
           std::filesystem::directory_iterator(service_->folder() + "/run/metrics")) {
        std::ifstream in(file.path());
        for (std::string line; std::getline(in, line);) {
          if (line.starts_with(series) && line.ends_with(" 1")) return true;
        }
      }
      return false;
    });
  }
  int64_t texts() { return number_of(pg(), "select count(*) from inbound_messages"); }

  std::unique_ptr<Service> service_;
  std::unique_ptr<Browser> admin_;
  int64_t account_ = 0;
};

TEST_F(CarrierNetworksTest, EachDoorIsShutToOtherAddresses) {
  for (const char* carrier : {"plain", "infobip", "kannel"}) {
    ASSERT_EQ(limit(carrier, R"(["192.0.2.0/24","2001:db8::/32"])").status, 200);
  }
  const std::string text = R"({"id":"1","from":"254712345679","to":"20880","text":"STOP"})";
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 403);
  EXPECT_EQ(texts(), 0);
  EXPECT_EQ(call("plain/wrong/mo", text, kOutside).status, 401) << "a stranger learns nothing";
  only_from_inside("plain/plain-secret/mo", text, 200);
  EXPECT_EQ(texts(), 1);
  EXPECT_EQ(call("plain/plain-secret/mo", text, "2001:db8:7::1").status, 200);
  const std::string dlr = R"({"ref":"1-01984f6e6a107c119b5231c6a6a0d9f4","status":"1"})";
  only_from_inside("plain/plain-secret/dlr", dlr, 404);
  only_from_inside("plain/plain-secret/opt-out", R"({"phone":"+254712345678","sender":"K"})", 200);

  const std::string ref = "1-01984f6e6a107c119b5231c6a6a0d9f4";
  const std::string signed_url =
      "infobip/dlr?ref=" + ref + "&sig=" + receipt_signature("signs", ref);
  only_from_inside(signed_url, R"({"results":[]})", 200);
  only_from_inside("infobip/" + std::string(kCarrierSecret) + "/mo", R"({"results":[]})", 200);

  const std::string part = reference_text(
      {account_, Environment::kLive, *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4"), 1, 1});
  only_from_inside(
      "kannel/kannel-receipt?type=1&ref=" + part + "&sig=" + receipt_signature("signs", part), "",
      404);
  EXPECT_TRUE(counted("dundun_carrier_elsewhere_total{carrier=\"kannel\""));
}

TEST_F(CarrierNetworksTest, TheListIsSetSeenAndTakenBack) {
  const std::string text = R"({"id":"1","from":"254712345679","to":"20880","text":"Hi"})";
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 200)
      << "no list: from everywhere";
  for (const char* wrong :
       {R"(["192.0.2.1/24"])", R"(["everywhere"])", R"([""])", R"("192.0.2.1")"}) {
    const HttpAnswer answer = limit("plain", wrong);
    EXPECT_EQ(answer.status, 422) << wrong;
    EXPECT_TRUE(contains(answer.body, "allowed_ips")) << answer.body;
  }
  EXPECT_EQ(limit("nobody", "[]").status, 404);
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 200) << "nothing was changed";
  ASSERT_EQ(limit("plain", R"(["192.0.2.9"])").status, 200);
  EXPECT_TRUE(contains(admin_->get("/api/admin/carriers").body, R"("allowed_ips":["192.0.2.9"])"));
  EXPECT_EQ(number_of(pg(), "select count(*) from audit_log where action = 'carrier.networks'"), 1);
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 403);
  // Another setting leaves it alone.
  ASSERT_EQ(admin_->send("PUT", "/api/admin/carriers/plain", R"({"segments_per_s":5})").status,
            200);
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 403);
  ASSERT_EQ(limit("plain", "[]").status, 200);
  EXPECT_EQ(call("plain/plain-secret/mo", text, kOutside).status, 200);
}

TEST_F(CarrierNetworksTest, TheShellSetsItToo) {
  const auto ctl = [&](const std::string& line) {
    return run_command(
        {"sh", "-c", Stack::shared().binary("dundunctl") + " carrier networks " + line},
        service_->environment());
  };
  EXPECT_EQ(ctl("plain --allowed-ips 192.0.2.0/24,2001:db8::/32"), 0);
  const auto stored = [&] {
    return number_of(pg(),
                     "select cardinality(allowed_addresses) from carriers "
                     "where carrier = 'plain'");
  };
  EXPECT_EQ(stored(), 2);
  EXPECT_EQ(ctl("plain --allowed-ips 192.0.2.0/33"), 1);
  EXPECT_EQ(stored(), 2);
  EXPECT_EQ(ctl("plain --allowed-ips ''"), 0);
  EXPECT_EQ(stored(), 0);
}

}  // namespace carrier_networks_test
}  // namespace dundun
