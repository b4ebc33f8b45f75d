// The questions to handlers/webhooks.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_webhooks() {
  ask("GET /webhooks");
  ask("PUT /webhooks", "",
      R"({"dlr_url":"https://example.com/dlr","mo_url":null,"events":["message.delivered"]})");
  ask("PUT /webhooks", "", R"({"dlr_url":"nowhere"})");
  ask("POST /webhooks/rotate-secret");
  const HttpAnswer test = ask("POST /webhooks/test");
  const std::string delivery = "/webhooks/deliveries/" + member(test, "id");
  ask("GET /webhooks/deliveries");
  ask("GET /webhooks/deliveries/{id}", delivery);
  ask("GET /webhooks/deliveries/{id}", "/webhooks/deliveries/evt_0");
  sql_of_test(pg(), "update webhook_deliveries set state = 2");
  ask("POST /webhooks/deliveries/{id}/replay", delivery + "/replay");
  ask("POST /webhooks/deliveries/replay", "", R"({"date_from":"2026-01-01T00:00:00Z"})");
  ask("DELETE /webhooks");
  const HttpAnswer trigger = ask("POST /triggers/sms-received/subscribe", "",
                                 R"({"callbackUrl":"https://example.com/in"})");
  ask("POST /triggers/sms-received/subscribe", "", "{}");
  ask("DELETE /triggers/sms-received/subscribe/{id}",
      "/triggers/sms-received/subscribe/" + member(trigger, "id"));
}

}  // namespace openapi_test
}  // namespace dundun
