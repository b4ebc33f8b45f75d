// The questions to handlers/admin.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_carrier_settings(Browser& admin) {
  const std::string description = R"({"kind": "http", "settings": {"url": "https://x.example/s",
      "json": {"to": "{{to}}", "text": "{{text}}"},
      "answer": {"rules": [{"http": 200, "means": "accepted"}]}}})";
  ask_as(admin, "PUT /admin/carriers/{carrier}/settings", "/admin/carriers/openapi/settings",
         description);
  const HttpAnswer known =
      ask_as(admin, "GET /admin/carriers/{carrier}", "/admin/carriers/openapi");
  EXPECT_NE(known.body.find("\"settings\":{\"url\":\"https://x.example/s\""), std::string::npos)
      << known.body;
  refused(ask_as(admin, "GET /admin/carriers/{carrier}", "/admin/carriers/nobody"), 404,
          R"("Carrier not found")");
  ask_as(admin, "POST /admin/carriers/{carrier}/check", "/admin/carriers/openapi/check", "{}");
  ask_as(admin, "POST /admin/carriers/{carrier}/try", "/admin/carriers/openapi/try",
         R"({"to": "+254712345678", "from": "Kijani", "wait_s": 0})");
  ask_as(admin, "POST /admin/carriers/{carrier}/check", "/admin/carriers/openapi/check",
         R"({"kind": "http", "settings": {}})");
  sql_of_test(
      pg(),
      "insert into carrier_receipts (carrier, carrier_message_id, word, error, carrier_time,"
      " number) values ('openapi', 'x', 'DELIVRD', '', '', '')");
  const int64_t receipt = number_of(pg(), "select max(receipt_id) from carrier_receipts");
  ask_as(admin, "GET /admin/receipts/unmatched", "/admin/receipts/unmatched?carrier=openapi");
  ask_as(admin, "DELETE /admin/receipts/unmatched/{id}",
         "/admin/receipts/unmatched/" + std::to_string(receipt));
}

void OpenApiTest::ask_upkeep(Browser& admin, const std::string& own) {
  ask_as(admin, "PUT /admin/sender-fees/{country}", "/admin/sender-fees/KE", R"({"fee_usd":100})");
  ask("GET /sender-ids/fees");
  ask_as(admin, "DELETE /admin/sender-fees/{country}", "/admin/sender-fees/KE");
  ask_as(admin, "GET /admin/accounts/{id}/webhooks", own + "/webhooks");
  ask_as(admin, "POST /admin/accounts/{id}/webhooks/replay", own + "/webhooks/replay",
         R"({"date_from":"2026-01-01T00:00:00Z"})");
  sql_of_test(pg(),
              "insert into inbound_unrouted values ('loopback', '1', '+254712345678', "
              "'20890', 'Hello', now())");
  ask_as(admin, "GET /admin/inbound/unrouted");
  ask_as(admin, "POST /admin/inbound/unrouted/assign", "", R"({"number":"20890"})");
  ask_as(admin, "GET /admin/retention");
  ask_as(admin, "POST /admin/retention/run");
  ask_workspace_users(admin);
}

void OpenApiTest::ask_people(Browser& admin, const std::string& one, const std::string& email) {
  const HttpAnswer user =
      ask_as(admin, "POST /admin/accounts/{id}/users", one + "/users",
             R"({"email":"new)" + email + R"(","password":"a long enough secret"})");
  ask_as(admin, "GET /admin/accounts/{id}/users", one + "/users");
  ask_as(admin, "PUT /admin/accounts/{id}/users/{user}", one + "/users/" + member(user, "id"),
         R"({"role":"viewer"})");
  const HttpAnswer guest = ask_as(admin, "POST /admin/accounts/{id}/users", one + "/users",
                                  R"({"email":"guest)" + email + R"("})");
  ask_as(admin, "POST /admin/accounts/{id}/users/{user}/invitation",
         one + "/users/" + member(guest, "id") + "/invitation", "{}");
  give_second_factor(member(user, "id"));
  ask_as(admin, "DELETE /admin/accounts/{id}/users/{user}/second-factor",
         one + "/users/" + member(user, "id") + "/second-factor");
}

void OpenApiTest::ask_admin() {
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email, "admin");
  Browser admin(service().client());
  EXPECT_EQ(admin.login(email, kTestPassword).status, 200);
  const HttpAnswer made =
      ask_as(admin, "POST /admin/accounts", "", R"({"name":"Pwani","currency":"KES"})");
  const std::string one = "/admin/accounts/" + member(made, "id");
  ask_as(admin, "GET /admin/accounts", "/admin/accounts?limit=5");
  ask_as(admin, "GET /admin/accounts/{id}", one);
  ask_as(admin, "GET /admin/accounts/{id}", "/admin/accounts/0");
  ask_as(admin, "PUT /admin/accounts/{id}", one, R"({"name":"Pwani Ltd"})");
  const std::string posting = R"({"amount":"250.50","description":"By hand"})";
  ask_as(admin, "POST /admin/accounts/{id}/credit", one + "/credit", posting);
  ask_as(admin, "POST /admin/accounts/{id}/debit", one + "/debit", posting);
  ask_as(admin, "POST /admin/accounts/{id}/debit", one + "/debit", posting);
  ask_people(admin, one, email);
  const std::string own = "/admin/accounts/" + std::to_string(account_);
  ask_as(admin, "GET /admin/accounts/{id}/api-keys", own + "/api-keys");
  seed_key(pg(), account_);
  const int64_t key = number_of(pg(), "select max(key_id) from api_keys");
  ask_as(admin, "DELETE /admin/accounts/{id}/api-keys/{key}",
         own + "/api-keys/" + std::to_string(key));
  ask_as(admin, "GET /admin/accounts/{id}/audit-log", own + "/audit-log");
  ask_as(admin, "GET /admin/sender-ids");
  const int64_t sender = number_of(pg(), "select max(sender_id) from sender_ids");
  const std::string decide = own + "/sender-ids/" + std::to_string(sender);
  ask_as(admin, "POST /admin/accounts/{id}/sender-ids/{sender}/approve", decide + "/approve",
         R"({"countries":["KE"]})");
  ask_as(admin, "POST /admin/accounts/{id}/sender-ids/{sender}/reject", decide + "/reject",
         R"({"reason":"Not yours"})");
  ask_as(admin, "GET /admin/routes");
  ask_as(admin, "POST /admin/routes", "",
         R"({"code":"KE_2","country_code":"KE","currency":"KES","price_per_segment":"1.10"})");
  ask_as(admin, "PUT /admin/routes/{code}", "/admin/routes/KE_2", R"({"is_active":false})");
  const std::string legs = "/admin/routes/KE_2/carriers";
  ask_as(admin, "POST /admin/routes/{code}/carriers", legs,
         R"({"carrier":"loopback","cost_per_segment":"0.004"})");
  ask_as(admin, "GET /admin/routes/{code}/carriers", legs);
  ask_as(admin, "PUT /admin/routes/{code}/carriers/{carrier}", legs + "/loopback",
         R"({"weight":2})");
  ask_as(admin, "DELETE /admin/routes/{code}/carriers/{carrier}", legs + "/loopback");
  const std::string overrides = own + "/carrier-overrides";
  const HttpAnswer pinned = ask_as(admin, "POST /admin/accounts/{id}/carrier-overrides", overrides,
                                   R"({"carrier":"loopback","choice":"preferred"})");
  ask_as(admin, "GET /admin/accounts/{id}/carrier-overrides", overrides);
  ask_as(admin, "DELETE /admin/accounts/{id}/carrier-overrides/{override}",
         overrides + "/" + member(pinned, "id"));
  const PgRows message = sql_of_test(
      pg(), "select message_id from messages where account_id = " + std::to_string(account_));
  ask_as(admin, "GET /admin/accounts/{id}/messages/{message}/carriers",
         own + "/messages/" + message_id_text(message.uuid(0, 0)) + "/carriers");
  ask_as(admin, "GET /admin/routes/{code}/prices", "/admin/routes/KE_2/prices");
  ask_as(admin, "POST /admin/prices", "",
         R"({"prices":[{"route":"KE_2","price_per_segment":1.15}]})");
  ask_as(admin, "GET /admin/fx");
  ask_as(admin, "POST /admin/fx", "", R"({"rates":[{"currency":"UGX","per_usd":3730}]})");
  ask_as(admin, "GET /admin/carriers");
  ask_carrier_settings(admin);
  ask_as(admin, "POST /admin/carriers/{carrier}/secrets", "/admin/carriers/loopback/secrets");
  ask_as(admin, "DELETE /admin/carriers/{carrier}/secrets", "/admin/carriers/loopback/secrets");
  ask_as(admin, "PUT /admin/carriers/{carrier}", "/admin/carriers/loopback",
         R"({"is_active":true})");
  const std::string number = R"({"number":"+254700000998","country_code":"KE"})";
  ask_as(admin, "PUT /admin/accounts/{id}/inbound-numbers", own + "/inbound-numbers", number);
  ask_as(admin, "GET /admin/inbound-numbers");
  ask_as(admin, "DELETE /admin/accounts/{id}/inbound-numbers", own + "/inbound-numbers", number);
  ask_as(admin, "GET /admin/audit-log");
  ask_upkeep(admin, own);
}

}  // namespace openapi_test
}  // namespace dundun
