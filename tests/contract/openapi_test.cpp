// openapi.json against the product: every endpoint is asked once and more, and each answer must be
// what the document says. An endpoint that nobody asks here fails the test.
#include "tests/contract/openapi_test.h"

#include <filesystem>
#include <fstream>

#include "tests/support/ringcentral.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace openapi_test {

std::string in_two_days() { return format_z(now() + std::chrono::days(2)); }

std::string member(const HttpAnswer& answer, const std::string& name) {
  const auto document = JsonDocument::parse(answer.body);
  if (!document || !document->root().is_object()) return "";
  const auto value = document->root().find(name);
  if (!value) return "";
  return value->is_string() ? std::string(value->string()) : std::to_string(value->integer());
}

std::string carrier_secrets() {
  const std::string folder = Stack::shared().folder() + "/openapi-carriers";
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/loopback") << "secret=" << kSecret << "\n";
  std::ofstream(folder + "/rc") << "client_id=" << RingCentralStandIn::kClientId
                                << "\nclient_secret=" << RingCentralStandIn::kClientSecret << "\n";
  std::ofstream(folder + "/openapi") << "\n";
  return folder;
}

OidcProvider& OpenApiTest::provider() {
  static OidcProvider shared;
  return shared;
}

Service& OpenApiTest::service() {
  std::map<std::string, std::string> environment = provider().settings();
  environment.insert({{"PAYMENT_PROVIDER", "sandbox"},
                      {"PAYMENT_SECRET", kSecret},
                      {"PUBLIC_URL", "http://pay.test"},
                      {"MAIL_URL", "smtp://127.0.0.1:1"},
                      {"MAIL_FROM", "dundun@example.com"},
                      {"PORTAL_URL", "https://portal.example"},
                      {"CARRIER_SECRETS_DIR", carrier_secrets()}});
  static SuiteService shared({.environment = environment});
  return shared.get();
}

HttpAnswer OpenApiTest::ask_as(Browser& person, const std::string& operation, std::string target,
                               const std::string& body, HttpClient::Headers more) {
  const std::string method = operation.substr(0, operation.find(' '));
  if (target.empty()) target = operation.substr(operation.find(' ') + 1);
  const HttpAnswer answer =
      person.send(method, contract_.base(operation) + target, body, std::move(more));
  EXPECT_EQ(contract_.judge(operation, answer), "") << answer.body;
  return answer;
}

HttpAnswer OpenApiTest::ask(const std::string& operation, std::string target, std::string body,
                            HttpClient::Headers more) {
  const std::string method = operation.substr(0, operation.find(' '));
  if (target.empty()) target = operation.substr(operation.find(' ') + 1);
  target = contract_.base(operation) + target;
  more.emplace_back("Authorization", "Bearer " + key_);
  if (!body.empty() && body.front() == '{') more.emplace_back("Content-Type", "application/json");
  const HttpAnswer answer = client_.send(method, target, more, body);
  const std::string complaints = contract_.judge(operation, answer);
  EXPECT_EQ(complaints, "") << answer.body;
  return answer;
}

void OpenApiTest::refused(const HttpAnswer& answer, int status, const std::string& detail) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_TRUE(answer.body.starts_with("{\"detail\":" + detail + ",\"error\":"))
      << answer.body << "\nwanted " << detail;
}

TEST_F(OpenApiTest, EveryEndpointAnswersAsDocumented) {
  ask_messages();
  ask_campaigns();
  ask_contacts();
  ask_money();
  ask_routes();
  ask_keys_and_senders();
  ask_webhooks();
  ask_carriers();
  ask_inbound();
  ask_verify();
  ask_sessions();
  ask_second_dialect();
  ask_admin();
  EXPECT_EQ(contract_.unseen(), std::vector<std::string>())
      << "ask these too, in the file of their group here";
}

// Whatever is documented with a key refuses to answer without one, and in the documented way.
TEST_F(OpenApiTest, WithoutAKeyEveryEndpointRefuses) {
  for (const std::string& operation : contract_.operations()) {
    if (!contract_.needs_key(operation)) continue;
    key_ = "";
    EXPECT_EQ(ask(operation).status, 401) << operation;
    key_ = "esms_live_unknown";
    const int status = ask(operation).status;
    EXPECT_TRUE(status == 401 || status == 429) << operation << " " << status;
  }
}

}  // namespace openapi_test
}  // namespace dundun
