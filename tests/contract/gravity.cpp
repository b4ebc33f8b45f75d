// The questions to handlers/gravity.
#include "tests/contract/openapi_test.h"
#include "tests/support/ringcentral.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_ringcentral() {
  RingCentralStandIn ringcentral;
  ringcentral.give_number("7", "+254700000777");
  ringcentral.add_jwt("jwt", "7");
  ask("POST /rc/connect-token");
  ask("GET /rc/connections");
  sql_of_test(pg(), R"(insert into carriers (carrier, secret_hashes, kind, settings) values
    ('rc', '{}', 'ringcentral', '{"public_url": "http://127.0.0.1:9", "server_url": ")" +
                        ringcentral.url() + R"("}'))");
  ask("GET /rc/status");
  ask("POST /rc/invite-token");
  const std::string link = member(ask("POST /rc/connect-token"), "connectUrl").substr(3);
  ask("GET /rc/connect", link);
  ask("GET /rc/connect", "/rc/connect?format=json");
  const HttpAnswer left = ask("POST /rc/connect", "", link.substr(link.find("token=")));
  const std::string back = ringcentral.authorize(left.headers.at("location"), "7").substr(3);
  const std::string cookie = left.headers.at("set-cookie");
  ask("GET /rc/callback", back + "&format=json", "",
      {{"Cookie", cookie.substr(0, cookie.find(';'))}});
  ask("GET /rc/callback", back + "&format=json");
  ask("GET /rc/status");
  ask("POST /rc/jwt", "", R"({"jwt":"jwt"})");
  ask("POST /rc/jwt", "", R"({"jwt":""})");
  ask("GET /rc/connections");
  ask("POST /webhooks/ringcentral", "", "{}");
  // RingCentral shows no key.
  const HttpAnswer shaken =
      client_.send("POST", "/v1/webhooks/ringcentral", {{"Validation-Token", "x"}}, "{}");
  EXPECT_EQ(contract_.judge("POST /webhooks/ringcentral", shaken), "") << shaken.body;
  ask("POST /rc/disconnect");
}

void OpenApiTest::ask_second_dialect() {
  const HttpAnswer app =
      ask("POST /apps/register", "", R"({"name":"Till","webhookUrl":"https://example.com/sms"})");
  EXPECT_EQ(app.status, 201) << app.body;
  const std::string path = "/apps/" + member(app, "appId");
  ask("GET /apps");
  ask("GET /apps/{id}", path);
  ask("GET /apps/{id}", "/apps/nothing");
  ask("POST /apps/{id}/test-webhook", path + "/test-webhook");
  ask("PUT /apps/{id}", path, R"({"name":"Till 2"})");
  const std::string own = key_;
  key_ = member(ask("POST /apps/{id}/rotate-key", path + "/rotate-key"), "apiKey");
  const HttpAnswer sent =
      ask("POST /sms/send", "",
          R"({"from":"+254700000999","to":"+254712345678","body":"Van outside"})");
  EXPECT_EQ(sent.status, 202) << sent.body;
  ask("POST /sms/send", "", R"({"to":"1"})");
  ask("GET /sms/status/{id}", "/sms/status/" + member(sent, "messageId"));
  ask("GET /sms/status/{id}", "/sms/status/msg_0");
  ask("GET /sms/messages", "/sms/messages?direction=outbound");
  key_ = own;
  ask_ringcentral();
  ask("DELETE /apps/{id}", path);
  ask("GET /health");
}

}  // namespace openapi_test
}  // namespace dundun
