// The questions to handlers/messages.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

std::string OpenApiTest::send(const std::string& to, const std::string& more) {
  const HttpAnswer sent = ask("POST /messages/send", "",
                              R"({"to":")" + to + R"(","text":"Gate 4 opens at 9")" + more + "}",
                              {{"Idempotency-Key", to_hex(new_uuid7())}});
  EXPECT_EQ(sent.status, 200) << sent.body;
  return member(sent, "id");
}

std::string OpenApiTest::scheduled() {
  return send("+254712345678",
              R"(,"schedule_mode":"scheduled","scheduled_at":")" + in_two_days() + "\"");
}

void OpenApiTest::ask_messages() {
  const std::string id = send("+254712345678");
  const std::string refused = send("+254712340004");
  const std::string item = "/messages/" + id;
  send("+256700000111");
  Process scheduler = service().scheduler(20);
  const bool delivered =
      wait_until([&] { return member(ask("GET /messages/{id}", item), "status") == "delivered"; });
  scheduler.stop();
  EXPECT_TRUE(delivered);
  ask("GET /messages/{id}", "/messages/" + refused);
  ask("GET /messages/{id}/explain", item + "/explain");
  ask("GET /messages", "/messages?limit=2&status=delivered&to=%2B254712345678");
  ask("GET /messages", "/messages?limit=0");
  ask("GET /messages/status", "/messages/status?ids=" + id + "," + refused);
  ask("GET /messages/status");
  ask("GET /messages/export", "/messages/export?date_from=2026-01-01");
  ask("GET /messages/stats");
  ask("GET /messages/volume", "/messages/volume?days=3");
  ask("GET /messages/errors", "/messages/errors?days=3");
  ask("GET /messages/errors", "/messages/errors?days=0");
  ask("POST /messages/rate", "", R"({"to":["+254712345678","nobody"],"text":"Hi"})");
  ask("POST /messages/validate", "", R"({"phone":"+254 712 345 678"})");
  ask("POST /messages/validate", "", R"({"phone":["+254712345678","1","+3312"]})");
  ask("POST /messages/preview", "", R"({"text":"It\u2019s a long one","to":"+254712345678"})");
  ask("POST /messages/preview", "", R"({"text":"\u00e9\u0416"})");
  ask("POST /messages/{id}/reschedule", "/messages/" + scheduled() + "/reschedule",
      R"({"scheduled_at":")" + in_two_days() + "\"}");
  ask("POST /messages/{id}/cancel", "/messages/" + scheduled() + "/cancel");
  ask("POST /messages/{id}/cancel", item + "/cancel");
  ask("POST /messages/{id}/retry", "/messages/" + refused + "/retry");
  ask("POST /messages/{id}/retry", item + "/retry");
  for (const char* body :
       {R"({"text":"no number"})", R"({"to":"12","text":"x"})", "[", "{\"to\":1}"}) {
    EXPECT_GE(ask("POST /messages/send", "", body).status, 400);
  }
}

}  // namespace openapi_test
}  // namespace dundun
