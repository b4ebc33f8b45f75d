// The questions to handlers/account.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_money() {
  ask("GET /balance");
  ask("GET /balance/transactions", "/balance/transactions?limit=5");
  ask("GET /balance/statement");
  sql_of_test(pg(),
              "insert into notifications (account_id, notification_id, environment, type, "
              "title, body, link, event_id) values (" +
                  std::to_string(account_) +
                  ", 1, 0, 'low_balance', 'Low', 'Top up', '/balance', gen_random_uuid())");
  ask("GET /notifications");
  ask("GET /notifications/unread-count");
  ask("POST /notifications/{id}/read", "/notifications/1/read");
  ask("POST /notifications/{id}/read", "/notifications/0/read");
  ask("POST /notifications/read-all");
  const HttpAnswer opened = ask("POST /balance/topup", "", R"({"amount":200})");
  const std::string page =
      member(opened, "checkout_url").substr(std::string("http://pay.test").size());
  ask("GET /pay/sandbox/{reference}", page);
  ask("POST /pay/sandbox/{reference}", page);
  const std::string notice = R"({"reference":")" +
                             page.substr(std::string("/pay/sandbox/").size()) +
                             R"(","id":"p-1","status":"paid","amount":200,"currency":"KES"})";
  ask("POST /payments/callback/{provider}", "/payments/callback/sandbox", notice,
      {{"X-Payment-Signature", "sha256=" + to_hex(hmac_sha256(kSecret, notice))}});
  ask("POST /payments/callback/{provider}", "/payments/callback/sandbox", notice);
  ask("GET /payments/return/{provider}", "/payments/return/sandbox?tx_ref=none");
}

void OpenApiTest::ask_keys_and_senders() {
  const HttpAnswer key =
      ask("POST /api-keys", "", R"({"name":"second","environment":"test","scopes":"send,query"})");
  ask("GET /api-keys");
  ask("DELETE /api-keys/{id}", "/api-keys/" + member(key, "id"));
  ask("DELETE /api-keys/{id}", "/api-keys/0");
  ask("POST /sender-ids", "", R"({"name":"Kijani","countries":["KE","UG"],"use_case":"Tours"})");
  ask("POST /sender-ids", "", R"({"name":"Free","countries":["KE"]})");
  ask("GET /sender-ids");
  ask("GET /workspace");
  ask("PUT /workspace", "", R"({"name":"Kijani Tours","low_balance_threshold":100})");
  ask("GET /audit-log");
  ask("POST /ws/token");
}

void OpenApiTest::ask_workspace_users(Browser& admin) {
  const HttpAnswer user = ask_as(admin, "POST /workspace/users", "",
                                 R"({"email":"w)" + to_hex(random_bytes(6)) +
                                     R"(@example.com","password":"a long enough secret"})");
  ask_as(admin, "GET /workspace/users");
  ask_as(admin, "PUT /workspace/users/{id}", "/workspace/users/" + member(user, "id"),
         R"({"role":"viewer"})");
  const HttpAnswer guest = ask_as(admin, "POST /workspace/users", "",
                                  R"({"email":"g)" + to_hex(random_bytes(6)) + R"(@example.com"})");
  ask_as(admin, "POST /workspace/users/{id}/invitation",
         "/workspace/users/" + member(guest, "id") + "/invitation", R"({"language":"pt"})");
  give_second_factor(member(user, "id"));
  ask_as(admin, "DELETE /workspace/users/{id}/second-factor",
         "/workspace/users/" + member(user, "id") + "/second-factor");
  ask_as(admin, "PUT /workspace/second-factor", "", R"({"required":false})");
}

void OpenApiTest::give_second_factor(const std::string& user) {
  sql_of_test(pg(),
              "insert into second_factors (account_id, user_id, secret, confirmed_at) "
              "select account_id, user_id, 'x', now() from users where user_id = " +
                  user);
}

}  // namespace openapi_test
}  // namespace dundun
