// People in front of the portal, in a real Chromium against the whole product:
// tests/browser/portal.mjs goes each journey of those tests that were asked for, in one browser,
// and each test looks at what came of its own.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/io/crypto.h"
#include "tests/support/disturbance.h"
#include "tests/support/oidc_provider.h"
#include "tests/support/ringcentral.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace portal_test {

namespace fs = std::filesystem;

constexpr double kPatience = 1500;     // all journeys, on a machine that builds meanwhile
constexpr int kSchedulerRunsS = 1600;  // longer than they take
constexpr const char* kSecret = "phone_of_the_portal_test";

// A test is called as its journeys are, which it may go at two sizes: "FirstMessage" is
// "first-message-390" and "first-message-1280".
std::string dashed(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out += '-';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

class PortalTest : public testing::Test {
 protected:
  // The first test that runs goes all journeys: so their time is a test's, and is told.
  void SetUp() override {
    if (!folder_) go();
  }

  static void go() {
    const int port = free_port();
    folder_ = new std::string(Stack::shared().folder() + "/portal" + std::to_string(port));
    fs::create_directories(*folder_);
    const fs::path root = Stack::shared().root();
    ASSERT_EQ(run_command({root / "deploy/dev/npm.sh"}, {}, *folder_ + "/npm.log"), 0)
        << read_file(*folder_ + "/npm.log");
    ASSERT_EQ(run_command({root / "deploy/dev/portal.sh"}, {}, *folder_ + "/portal.log"), 0)
        << read_file(*folder_ + "/portal.log");
    const OidcProvider provider;
    std::map<std::string, std::string> environment = provider.settings();
    environment["PORTAL_URL"] = base(port);
    environment["LOGIN_FAILURES_MAX"] = "40";
    environment["PRICING_MAX_AGE_S"] = "2";
    environment["CARRIER_SECRETS_DIR"] = *folder_ + "/carriers";
    fs::create_directories(*folder_ + "/carriers");
    Service service(Stack::shared().fresh_database(),
                    {.environment = environment, .http_port = port});
    const std::string key = seed(service);
    RingCentralStandIn ringcentral;
    seed_ringcentral(service, ringcentral, port);
    service.start_bridge();
    Process scheduler = service.scheduler(kSchedulerRunsS);
    write_settings(port, key);
    Process browser({.command = {"node", "--dns-result-order=ipv4first",
                                 root / "tests/browser/portal.mjs", *folder_ + "/settings"},
                     .environment = {{"HOME", *folder_}},
                     .log = *folder_ + "/journeys",
                     .folder = ""});
    EXPECT_TRUE(wait_until([&] { return fs::exists(*folder_ + "/done"); }, kPatience)) << said();
    if (std::getenv("DUNDUN_TEST_VERBOSE")) std::cout << said();
  }

  // By a name, because browsers know no passkeys of an address.
  static std::string base(int port) { return "http://localhost:" + std::to_string(port); }

  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  // Somebody who owns an account, somebody who runs the platform, a number with its carrier, and
  // a message whose text, and a carrier whose error, would like to be a script.
  static std::string seed(Service& service) {
    Pg& pg = service.pg();
    const int64_t account = seed_account(pg);
    EXPECT_EQ(account, 1) << "the identity provider's";
    seed_user(pg, account, "owner@example.com", "owner");
    seed_user(pg, seed_account(pg), "admin@example.com", "admin");
    const std::string secret = to_hex(sha256(kSecret));
    sql_of_test(pg, "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                        secret + "'::bytea])");
    sql_of_test(pg,
                "insert into inbound_numbers (number, country, account_id, carrier) values "
                "('20880', 'KE', " +
                    std::to_string(account) + ", 'loopback')");
    configuration_changed(pg, Stack::shared().redis_url());
    return seed_key(pg, account);
  }

  // RingCentral, where the owner has a user, and another one by a JWT; and what became of two users
  // of the administrator's account.
  static void seed_ringcentral(Service& service, RingCentralStandIn& ringcentral, int port) {
    std::ofstream(*folder_ + "/carriers/ringcentral")
        << "client_id=" << RingCentralStandIn::kClientId
        << "\nclient_secret=" << RingCentralStandIn::kClientSecret << "\n";
    ringcentral.sign_in("629893001");
    ringcentral.give_number("629893001", "+254700000071");
    ringcentral.give_number("629893002", "+254700000072");
    ringcentral.add_jwt("jwt-of-the-portal", "629893002");
    sql_of_test(service.pg(), R"(insert into carriers (carrier, secret_hashes, kind, settings)
      values ('ringcentral', '{}', 'ringcentral', '{"public_url": ")" +
                                  base(port) + R"(", "server_url": ")" + ringcentral.url() +
                                  R"("}'))");
    sql_of_test(service.pg(), R"(
      insert into rc_connections (account_id, extension_id, rc_account_id, carrier, kind, state,
        credential, access_token, expires_at, subscription_until, numbers_at,
        subscription_seen_at, held_until)
      select 2, extension, '80964001', 'ringcentral', 1, state, '', '', later, later, later, later,
        later
      from (values ('629893003', 1), ('629893004', 2)) as t (extension, state),
        lateral (select now() + interval '1 day' as later) as l)");
    sql_of_test(service.pg(),
                "insert into rc_numbers (account_id, number, extension_id) "
                "values (2, '+254700000074', '629893004')");
  }

  static void write_settings(int port, const std::string& key) {
    std::string wanted;
    const testing::TestSuite& suite = *testing::UnitTest::GetInstance()->current_test_suite();
    for (int i = 0; i < suite.total_test_count(); ++i) {
      if (!suite.GetTestInfo(i)->should_run()) continue;
      const std::string name = dashed(suite.GetTestInfo(i)->name());
      for (const char* size : {"", "-390", "-1280"}) {
        wanted += (wanted.empty() ? "\"" : ",\"") + name + size + "\"";
      }
    }
    std::ofstream(*folder_ + "/settings")
        << R"({"base":")" << base(port) << R"(","folder":")" << *folder_ << R"(","carriers":")"
        << *folder_ << "/carriers"
        << R"(","owner":"owner@example.com","admin":"admin@example.com","password":")"
        << kTestPassword << R"(","key":")" << key << R"(","secret":")" << kSecret
        << R"(","number":"20880","wanted":[)" << wanted << "]}";
  }

  static std::string said() { return read_file(*folder_ + "/journeys"); }

  // The journeys of the test that runs were gone, and all ended well.
  static void expect_gone(int journeys) {
    const std::string name = dashed(testing::UnitTest::GetInstance()->current_test_info()->name());
    int good = 0;
    std::istringstream lines(said());
    for (std::string line; std::getline(lines, line);) {
      for (const char* size : {"", "-390", "-1280"}) {
        if (line.starts_with("failed " + name + size + ":")) ADD_FAILURE() << line;
        if (line.starts_with("ok " + name + size + " ")) ++good;
      }
    }
    EXPECT_EQ(good, journeys) << said();
  }

  static inline std::string* folder_ = nullptr;
};

TEST_F(PortalTest, SignIn) { expect_gone(2); }
TEST_F(PortalTest, Invitation) { expect_gone(2); }
TEST_F(PortalTest, SecondFactor) { expect_gone(2); }
TEST_F(PortalTest, FactorAgain) { expect_gone(2); }
TEST_F(PortalTest, FactorRule) { expect_gone(2); }
TEST_F(PortalTest, Passkey) { expect_gone(2); }
TEST_F(PortalTest, PasskeyRule) { expect_gone(2); }
TEST_F(PortalTest, Provider) { expect_gone(2); }
TEST_F(PortalTest, Forgotten) { expect_gone(2); }
TEST_F(PortalTest, SessionEnds) { expect_gone(2); }
TEST_F(PortalTest, FirstMessage) { expect_gone(2); }
TEST_F(PortalTest, FindMessage) { expect_gone(2); }
TEST_F(PortalTest, Campaign) { expect_gone(2); }
TEST_F(PortalTest, SentAgain) { expect_gone(1); }
TEST_F(PortalTest, Key) { expect_gone(2); }
TEST_F(PortalTest, Webhook) { expect_gone(2); }
TEST_F(PortalTest, SenderName) { expect_gone(2); }
TEST_F(PortalTest, Carrier) { expect_gone(2); }
TEST_F(PortalTest, Ringcentral) { expect_gone(2); }
TEST_F(PortalTest, TextIn) { expect_gone(2); }
TEST_F(PortalTest, Strangers) { expect_gone(1); }
TEST_F(PortalTest, Shortcuts) { expect_gone(1); }
TEST_F(PortalTest, Offline) { expect_gone(1); }
TEST_F(PortalTest, Unanswered) { expect_gone(1); }
TEST_F(PortalTest, Resumes) { expect_gone(1); }
TEST_F(PortalTest, Meanwhile) { expect_gone(1); }
TEST_F(PortalTest, Light) { expect_gone(1); }
TEST_F(PortalTest, DarkInSwahili) { expect_gone(1); }
TEST_F(PortalTest, NarrowInFrench) { expect_gone(1); }
TEST_F(PortalTest, PlatformLightInPortuguese) { expect_gone(1); }
TEST_F(PortalTest, PlatformDarkAndNarrow) { expect_gone(1); }
TEST_F(PortalTest, FirstView) { expect_gone(1); }

}  // namespace portal_test
}  // namespace dundun
