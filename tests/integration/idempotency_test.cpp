// A hundred equal requests with one Idempotency-Key, on every POST that costs or creates and takes
// one: one effect, equal answers; and the same answer again when every binary has been restarted.
#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <thread>

#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace {

struct Post {
  const char* name;
  std::string path;
  std::string body;
  int status;
  std::string effects;  // SQL: how often it has happened
};

std::string post_key(const Post& post) {
  std::string key = std::string("key-of-") + post.name;
  for (char& c : key) c = c == ' ' ? '-' : c;
  return key;
}

HttpAnswer ask(const Service& service, const std::string& key, const Post& post) {
  constexpr int kTries = 200;
  HttpClient client = service.client();
  HttpAnswer answer;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    answer = client.post(key, post.path, post.body, {{"Idempotency-Key", post_key(post)}});
    // The first is still running, or the binary is being restarted.
    if (answer.status != 409 && answer.status < 500 && answer.status != 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return answer;
}

class IdempotencyTest : public testing::Test {
 protected:
  IdempotencyTest()
      : service_(Stack::shared().fresh_database(),
                 {.messages_workers = 2,
                  .environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                  {"PAYMENT_SECRET", "a secret for tests only"},
                                  {"PUBLIC_URL", "http://x"},
                                  {"VERIFY_RESEND_PAUSE_S", "1"}}}),
        account_(seed_account(service_.pg())),
        key_(seed_key(service_.pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}")) {}

  static std::string part(const std::string& body, const std::string& name) {
    const size_t at = body.find("\"" + name + "\":\"") + name.size() + 4;
    return body.substr(at, body.find('"', at) - at);
  }
  std::string count(const std::string& what) const { return "select count(*) from " + what; }

  // What the posts need: a failed message, a verification, an app, a number.
  std::vector<Post> posts() {
    Pg& pg = service_.pg();
    HttpClient client = service_.client();
    // A number whose submits the loopback carrier refuses.
    const std::string failed = part(
        client.post(key_, "/api/messages/send", R"({"to":"+254712340004","text":"A"})").body, "id");
    const std::string verification =
        part(client.post(key_, "/api/verify/start", R"({"to":"+254711111111"})").body,
             "verification_id");
    sql_of_test(pg, "update verifications set sent_at = sent_at - interval '1 minute'");
    const std::string app =
        part(client.post(key_, "/v1/apps/register", R"({"name":"Till"})").body, "appId");
    sql_of_test(pg,
                "insert into inbound_numbers (number, country, account_id) values "
                "('+254700000001', 'KE', " +
                    std::to_string(account_) + ")");
    const std::string id = verification.substr(4);
    return {
        {"send", "/api/messages/send", R"({"to":"+254712345678","text":"Once"})", 200,
         count("messages where body = 'Once'")},
        {"retry", "/api/messages/" + failed + "/retry", "", 200,
         count("messages where retry_of is not null")},
        {"campaign", "/api/messages/send-bulk",
         R"({"recipients":[{"to":"+254712345678"}],"text":"All"})", 200, count("batches")},
        {"topup", "/api/balance/topup", R"({"amount":250})", 200, count("payments")},
        {"sender", "/api/sender-ids", R"({"name":"Kijani","countries":["KE"],"use_case":"Codes"})",
         200, count("sender_ids")},
        {"verify", "/api/verify/start", R"({"to":"+254722222222"})", 200,
         count("verifications where phone = '+254722222222'")},
        {"resend", "/api/verify/" + verification + "/resend", "", 200,
         "select sends - 1 from verifications where verification_id = '" + id + "'"},
        {"check", "/api/verify/check",
         R"({"verification_id":")" + verification + R"(","code":"no code"})", 200,
         "select attempts from verifications where verification_id = '" + id + "'"},
        {"verify app", "/api/verify/apps", R"({"name":"Shop"})", 200, count("verify_apps")},
        {"sms", "/v1/sms/send", R"({"from":"+254700000001","to":"+254712345678","body":"Only"})",
         202, count("messages where sender = '+254700000001'")},
        {"app", "/v1/apps/register", R"({"name":"Once"})", 201, count("apps where name = 'Once'")},
        {"rotate", "/v1/apps/" + app + "/rotate-key", "", 200,
         count("audit_log where action = 'app.key_rotated'")}};
  }

  Service service_;
  int64_t account_;
  std::string key_;
};

TEST_F(IdempotencyTest, AHundredAtOnceAreOneAndStayOneAfterARestart) {
  const std::vector<Post> all = posts();
  std::vector<std::string> first;
  for (const Post& post : all) {
    std::vector<HttpAnswer> answers(100);
    std::vector<std::thread> clients;
    for (HttpAnswer& answer : answers) {
      clients.emplace_back([&] { answer = ask(service_, key_, post); });
    }
    for (std::thread& client : clients) client.join();
    std::set<std::string> bodies;
    for (const HttpAnswer& answer : answers) {
      EXPECT_EQ(answer.status, post.status) << post.name << ": " << answer.body;
      bodies.insert(answer.body);
    }
    EXPECT_EQ(bodies.size(), 1u) << post.name;
    EXPECT_EQ(number_of(service_.pg(), post.effects), 1) << post.name;
    first.push_back(answers.front().body);
  }
  service_.restart_all(SIGTERM);
  for (size_t i = 0; i < all.size(); ++i) {
    const HttpAnswer again = ask(service_, key_, all[i]);
    EXPECT_EQ(again.status, all[i].status) << all[i].name;
    EXPECT_EQ(again.body, first[i]) << all[i].name;
    EXPECT_EQ(number_of(service_.pg(), all[i].effects), 1) << all[i].name;
  }
  EXPECT_EQ(service_.reconcile(), 0);
}

}  // namespace
}  // namespace dundun
