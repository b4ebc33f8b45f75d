// The documents' own browser examples, unmodified but for URL and key, and our module, in a
// headless Chromium against the whole product.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/io/crypto.h"
#include "common/io/redis.h"
#include "common/journal/publisher.h"
#include "tests/support/chromium.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace browser_test {

namespace fs = std::filesystem;

constexpr double kPatience = 120;  // a cold browser on a busy machine

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

class BrowserTest : public testing::Test {
 protected:
  BrowserTest() {
    const int64_t user = seed_user(service_.pg(), account_, "ann@example.com");
    sql_of_test(service_.pg(),
                "insert into sessions (token_hash, account_id, user_id, expires_at)"
                " values ('\\x" +
                    to_hex(sha256(session_)) + "', " + std::to_string(account_) + ", " +
                    std::to_string(user) + ", now() + interval '1 hour')");
    service_.start_bridge();
  }

  // nginx serves the pages beside the product, with the session's cookie, and notes what they
  // report.
  static std::string browser_site(int port, const std::string& folder, const std::string& session) {
    fs::create_directories(folder + "/browser");
    return "listen 127.0.0.1:" + std::to_string(port) + ";\nlocation /browser/ { root " + folder +
           "; add_header Set-Cookie \"esms_access_token=" + session +
           "; Path=/; HttpOnly; SameSite=Lax\"; }\n"
           "location = /browser/report { access_log " +
           folder + "/reports; return 204; }\n";
  }

  void open(const std::string& page) {
    std::string html = read_file(Stack::shared().root() + "/tests/browser/" + page);
    replace_all(html, "WS_URL", "ws://127.0.0.1:" + std::to_string(port_) + "/ws");
    replace_all(html, "YOUR_API_KEY", key_);
    std::ofstream(folder_ + "/browser/" + page) << html;
    browser_ = Process(
        {.command = {kChromium, "--no-sandbox", "--disable-gpu", "--no-first-run",
                     "--disable-dev-shm-usage", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-default-apps",
                     // Nothing but this machine.
                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                     "--user-data-dir=" + folder_ + "/profile", "--remote-debugging-port=0",
                     "http://127.0.0.1:" + std::to_string(port_) + "/browser/" + page},
         .environment = {{"HOME", folder_}},
         .log = folder_ + "/chromium.log",
         .folder = ""});
  }

  int reports(const std::string& what) const {
    const std::string log = read_file(folder_ + "/reports");
    int count = 0;
    for (size_t at = 0; (at = log.find(what, at)) != std::string::npos; ++at) ++count;
    return count;
  }
  bool reported(const std::string& what, int times = 1) const {
    const bool seen = wait_until([&] { return reports(what) >= times; }, kPatience);
    EXPECT_TRUE(seen) << what << " not among:\n"
                      << read_file(folder_ + "/reports") << read_file(folder_ + "/chromium.log");
    return seen;
  }

  std::string send() {
    HttpClient http = service_.client();
    const HttpAnswer sent =
        http.post(key_, "/api/messages/send", R"({"to":"+254712345678","text":"Gate 4"})");
    EXPECT_EQ(sent.status, 200) << sent.body;
    return sent.body.substr(sent.body.find("msg-"), 40);
  }

  void publish(const std::string& event) {
    Publication publication;
    publication.add(event_channel(account_, Environment::kLive), event);
    Redis redis({.url = Stack::shared().redis_url()});
    ASSERT_TRUE(redis.run_pipeline(publish_commands(publication, {}, Publishing::kFirst)));
  }

  int port_ = free_port();
  std::string folder_ = Stack::shared().folder() + "/browser" + std::to_string(port_);
  std::string session_ = to_hex(random_bytes(32));
  Service service_{Stack::shared().fresh_database(),
                   {.environment = {}, .site = browser_site(port_, folder_, session_)}};
  int64_t account_ = seed_account(service_.pg());
  std::string key_ = seed_key(service_.pg(), account_);
  Process browser_;
};

TEST_F(BrowserTest, TheFirstDialectsExamplesSeeTheirEvents) {
  open("first_dialect.html");
  ASSERT_TRUE(reported("log|Connected"));
  ASSERT_TRUE(reported("log|WS%20connected"));
  // An open socket is not heard yet: it is once its cookie was looked up.
  EXPECT_TRUE(wait_until(
      [&] {
        publish(R"({"type":"notification","event_id":"evt_0","id":42,"notification_type":"low",)"
                R"("title":"Low","body":"Top up","link":"/balance"})");
        return reports("notification|Low|Top%20up") > 0 && reports("log|notification") > 0;
      },
      kPatience));
  const std::string id = send();
  reported("row|" + id + "|queued");
  reported("row|" + id + "|submitted");
  reported("balance|998.8|KES");
  reported("log|message_status", 2);
  reported("log|balance_update");
}

TEST_F(BrowserTest, TheSecondDialectsExamplesSeeTheirEvents) {
  const std::string app = "app_0123456789abcdef";
  sql_of_test(service_.pg(), "insert into apps (account_id, app_id, name) values (" +
                                 std::to_string(account_) + ", '" + app + "', 'till')");
  sql_of_test(service_.pg(), "update api_keys set app_id = '" + app + "'");
  open("second_dialect.html");
  ASSERT_TRUE(reported("raw|%7B%22type%22%3A%22auth_ok%22%7D"));
  sql_of_test(service_.pg(),
              "insert into inbound_numbers (number, country, account_id) values "
              "('+254700000001', 'KE', " +
                  std::to_string(account_) + ")");
  HttpClient http = service_.client();
  const auto sent = [&] {
    return http
        .post(key_, "/v1/sms/send",
              R"({"from":"+254700000001","to":"+254712345678","body":"Gate 4"})")
        .status;
  };
  // The second socket says nothing when it is in: its first event does.
  ASSERT_TRUE(wait_until([&] { return sent() < 300 && reports("log|sms_status") > 0; }, kPatience));
  reported("log|sms_status|" + app + "|sending");
  publish(R"({"type":"sms_inbound","event_id":"evt_0","from":"1555","body":"Yes"})");
  reported("log|sms_inbound|1555|Yes");
}

TEST_F(BrowserTest, TheModuleComesBackAndMissesNothing) {
  open("live_events.html");
  ASSERT_TRUE(reported("state|open"));
  ASSERT_TRUE(reported("resync"));
  const std::string first = send();
  ASSERT_TRUE(reported("row|" + first + "|submitted"));
  service_.bridge().kill_now();
  const std::string second = send();
  ASSERT_TRUE(reported("state|waiting"));
  service_.start_bridge();
  ASSERT_TRUE(reported("row|" + second + "|submitted"));
  EXPECT_EQ(reports("row|" + second + "|queued"), 1);
  EXPECT_EQ(reports("resync"), 1);
}

}  // namespace browser_test
}  // namespace dundun
