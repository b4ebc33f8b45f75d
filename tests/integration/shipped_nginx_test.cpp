// Every location of the shipped nginx configuration is asked, and answers what it is there for.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/support/process.h"
#include "tests/support/seed.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace shipped_nginx_test {

namespace fs = std::filesystem;

struct Question {
  const char* location;  // as it stands in the configuration
  const char* method;
  const char* target;
  int status;
  const char* has;  // in the body
};

// With a key of all scopes.
constexpr Question kQuestions[] = {
    {"location = /.problem", "GET", "/.problem", 404, "not_found"},
    {"location /", "GET", "/api/messages", 200, "\"messages\""},
    {"location = /api/messages/send", "GET", "/api/messages/send", 405, "method_not_allowed"},
    {"location = /v1/messages/send", "GET", "/v1/messages/send", 405, "method_not_allowed"},
    {"location ~ ^/(api|v1)/contact-lists/", "GET", "/v1/contact-lists/7", 404, "detail"},
    {"location ~ ^/(api|v1)/contact-lists$", "GET", "/v1/contact-lists", 200, "\"lists\""},
    {"location = /.may-upload", "GET", "/.may-upload", 404, "not_found"},
    {"location = /.refused", "GET", "/.refused", 404, "not_found"},
    {"location ~ ^/(api|v1)/messages/(bulk-precheck|send-bulk|batches|batch/)", "GET",
     "/api/messages/batches", 200, "\"batches\""},
    {"location ~ ^/(api|v1)/messages/export$", "GET",
     "/api/messages/export?date_from=2026-01-01&date_to=2026-01-02", 200, "message_id"},
    {"location ~ ^/(api|v1)/balance/statement$", "GET",
     "/v1/balance/statement?date_from=2026-01-01&date_to=2026-01-02", 200, "balance"},
    {"location ~ ^/(api|v1)/balance(/|$)", "GET", "/v1/balance", 200, "\"balance\""},
    {"location ~ ^/(api|v1)/notifications(/|$)", "GET", "/api/notifications", 200,
     "\"notifications\""},
    {"location = /v1/ws/token", "POST", "/v1/ws/token", 200, "\"token\""},
    {"location ~ ^/(api|v1)/(inbound|opt-outs)(/|$)", "GET", "/api/opt-outs", 200, "\"opt_outs\""},
    {"location ^~ /carrier/", "POST", "/carrier/nobody/mo", 401, "detail"},
    {"location = /v1/webhooks/ringcentral", "POST", "/v1/webhooks/ringcentral", 400, "\"error\""},
    {"location ~ ^/(pay|payments)/", "GET", "/pay/sandbox/none", 404, "detail"},
    {"location ~ ^/(api|v1)/routes(/|$)", "GET", "/api/routes", 200, "["},
    {"location ~ ^/(api|v1)/verify(/|$)", "GET", "/v1/verify/apps", 200, "["},
    {"location ~ ^/(v1/(sms|apps|rc)(/|$)|health$)", "GET", "/v1/sms/messages", 200, "["},
    {"location = /.gravity-problem", "GET", "/.gravity-problem", 404, "not_found"},
    {"location ~ ^/(api|v1)/sender-ids/fees$", "GET", "/api/sender-ids/fees", 200, "\"countries\""},
    {"location ~ ^/(api|v1)/(api-keys|sender-ids|workspace|audit-log)(/|$)", "GET",
     "/api/workspace", 200, "{"},
    {"location ~ ^/(api|v1)/auth/", "GET", "/api/auth/me", 200, "account"},
    {"location ~ ^/(api|v1)/admin/", "GET", "/api/admin/accounts", 403, "detail"},
    {"location ~ ^/(api|v1)/pricing$", "GET", "/api/pricing", 200, "["},
    {"location = /", "GET", "/", 200, "<html"},
    {"location ~ "
     "^/(send|logs|campaigns|contacts|inbox|opt-outs|events|keys|webhooks|verify|errors|balance|"
     "prices|sender-ids|team|audit|workspace|ringcentral|notifications|profile|platform|forgotten|"
     "new-password|invitation|signed-in)(/|$)",
     "GET", "/logs/msg-7?status=failed", 200, "<html"},
    {"location /assets/", "GET", "/assets/none.js", 404, "not_found"},
    {"location = /licences.txt", "GET", "/licences.txt", 200, "preact"},
    {"location @no_portal", "GET", "/@no_portal", 404, "not_found"},
    {"location = /openapi.json", "GET", "/openapi.json", 200, "\"openapi\""},
    {"location = /favicon.ico", "GET", "/favicon.ico", 200, "<svg"},
    {"location = /docs", "GET", "/docs", 301, ""},
    {"location /docs/", "GET", "/docs/", 200, "<html"},
    {"location ~ ^/(api|v1)/(webhooks(/(rotate-secret|test|deliveries(/.*)?))?|triggers/"
     "sms-received/subscribe(/.*)?)$",
     "GET", "/api/webhooks", 200, "{"},
    {"location = /live-events.js", "GET", "/live-events.js", 200, "WebSocket"},
    {"location = /ws", "GET", "/ws", 426, ""},
};

// Of the server with the local socket, which is asked through that.
constexpr Question kLocalQuestions[] = {
    {"location = /metrics", "GET", "/metrics", 200, "dundun_requests_total"},
    {"location /", "GET", "/api/balance", 404, ""},
};

std::multiset<std::string> locations_of(const char* file) {
  std::multiset<std::string> found;
  std::ifstream lines(Stack::shared().root() + "/nginx/" + file);
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (line.starts_with("location ")) found.insert(line.substr(0, line.rfind(" {")));
  }
  return found;
}

template <size_t N>
std::multiset<std::string> locations_of(const Question (&questions)[N]) {
  std::multiset<std::string> all;
  for (const Question& question : questions) all.insert(question.location);
  return all;
}

class ShippedNginxTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared({.messages_workers = 1,
                                .environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                                {"PAYMENT_SECRET", "a secret for tests only"},
                                                {"PUBLIC_URL", "http://pay.test"}}});
    return shared.get();
  }
  void ask(HttpClient client, std::span<const Question> questions) {
    const std::string key = seed_key(service().pg(), seed_account(service().pg()), KeyKind::kLive,
                                     "{send,query,webhooks,admin}");
    for (const Question& question : questions) {
      const HttpAnswer answer =
          client.send(question.method, question.target, {{"Authorization", "Bearer " + key}});
      EXPECT_EQ(answer.status, question.status) << question.target << " " << answer.body;
      EXPECT_TRUE(contains(answer.body, question.has)) << question.target << " " << answer.body;
    }
  }
};

TEST_F(ShippedNginxTest, EveryLocationHasAQuestion) {
  EXPECT_EQ(locations_of("api.conf"), locations_of(kQuestions));
  EXPECT_EQ(locations_of("nginx.conf"), locations_of(kLocalQuestions));
  for (const auto& file : fs::directory_iterator(Stack::shared().root() + "/nginx")) {
    const std::string name = file.path().filename();
    if (name == "api.conf" || name == "nginx.conf" || !name.ends_with(".conf")) continue;
    EXPECT_TRUE(locations_of(name.c_str()).empty()) << name;
  }
}

TEST_F(ShippedNginxTest, EveryPublicLocationAnswers) {
  const std::string log = Stack::shared().folder() + "/portal.log";
  ASSERT_EQ(run_command({Stack::shared().root() + "/deploy/dev/portal.sh"}, {}, log), 0) << log;
  service().start_bridge();
  ask(service().client(), kQuestions);
}

TEST_F(ShippedNginxTest, WithoutThePortalTheRestRunsAndSaysSo) {
  Service bare(Stack::shared().fresh_database());
  fs::remove(bare.folder() + "/site");
  for (const char* address : {"/", "/logs"}) {
    const HttpAnswer answer = bare.client().send("GET", address, {});
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(contains(answer.body, "make portal")) << answer.body;
    EXPECT_EQ(answer.headers.at("retry-after"), "60");
  }
  EXPECT_EQ(bare.client().send("GET", "/readyz", {}).status, 200);
}

TEST_F(ShippedNginxTest, MetricsAreOnTheLocalSocketOnly) {
  const std::string socket = service().folder() + "/run/metrics.sock";
  const auto answers = [&] {
    return contains(HttpClient(socket).send("GET", "/metrics").body, "dundun_requests_total");
  };
  EXPECT_TRUE(wait_until(answers));  // a process writes its numbers every second
  ask(HttpClient(socket), kLocalQuestions);
  const HttpClient::Headers forged{{"Local-Listener", "1"}, {"LOCAL_LISTENER", "1"}};
  EXPECT_EQ(service().client().send("GET", "/metrics", forged).status, 404);
}

}  // namespace shipped_nginx_test
}  // namespace dundun
