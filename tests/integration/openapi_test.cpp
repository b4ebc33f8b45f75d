// openapi.json against the product: every endpoint is asked once and more, and each answer must be
// what the document says. An endpoint that nobody asks here fails the test.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/carrier/receipt_url.h"
#include "common/io/crypto.h"
#include "tests/support/api_contract.h"
#include "tests/support/browser.h"
#include "tests/support/ringcentral.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace openapi_test {

constexpr const char* kSecret = "a secret for tests only";

std::string in_two_days() { return format_z(now() + std::chrono::days(2)); }

// The text of a member of the answer's object, or of the first object of its array `list`.
std::string member(const HttpAnswer& answer, const std::string& name) {
  const auto document = JsonDocument::parse(answer.body);
  if (!document || !document->root().is_object()) return "";
  const auto value = document->root().find(name);
  if (!value) return "";
  return value->is_string() ? std::string(value->string()) : std::to_string(value->integer());
}

class OpenApiTest : public testing::Test {
 protected:
  static Service& service() {
    static SuiteService shared({.environment = {{"PAYMENT_PROVIDER", "sandbox"},
                                                {"PAYMENT_SECRET", kSecret},
                                                {"PUBLIC_URL", "http://pay.test"},
                                                {"CARRIER_SECRETS_DIR", carrier_secrets()}}});
    return shared.get();
  }
  static std::string carrier_secrets() {
    const std::string folder = Stack::shared().folder() + "/openapi-carriers";
    std::filesystem::create_directory(folder);
    std::ofstream(folder + "/loopback") << "secret=" << kSecret << "\n";
    std::ofstream(folder + "/rc") << "client_id=" << RingCentralStandIn::kClientId
                                  << "\nclient_secret=" << RingCentralStandIn::kClientSecret
                                  << "\n";
    std::ofstream(folder + "/openapi") << "\n";
    return folder;
  }
  static Pg& pg() { return service().pg(); }

  // Asks as somebody who is logged in.
  HttpAnswer ask_as(Browser& person, const std::string& operation, std::string target = "",
                    const std::string& body = "", HttpClient::Headers more = {}) {
    const std::string method = operation.substr(0, operation.find(' '));
    if (target.empty()) target = operation.substr(operation.find(' ') + 1);
    const HttpAnswer answer =
        person.send(method, contract_.base(operation) + target, body, std::move(more));
    EXPECT_EQ(contract_.judge(operation, answer), "") << answer.body;
    return answer;
  }
  // Asks and judges. `operation` as in the document; `target` without /api, with values for {…}.
  HttpAnswer ask(const std::string& operation, std::string target = "", std::string body = "",
                 HttpClient::Headers more = {}) {
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
  std::string send(const std::string& to, const std::string& more = "") {
    const HttpAnswer sent = ask("POST /messages/send", "",
                                R"({"to":")" + to + R"(","text":"Gate 4 opens at 9")" + more + "}",
                                {{"Idempotency-Key", to_hex(new_uuid7())}});
    EXPECT_EQ(sent.status, 200) << sent.body;
    return member(sent, "id");
  }
  std::string scheduled() {
    return send("+254712345678",
                R"(,"schedule_mode":"scheduled","scheduled_at":")" + in_two_days() + "\"");
  }
  std::string campaign(const std::string& more) {
    const HttpAnswer made = ask("POST /messages/send-bulk", "",
                                R"({"recipients":[{"to":"+254712345678"},{"to":"+254712345679"}],)"
                                R"("text":"Hi")" +
                                    more + "}");
    EXPECT_EQ(made.status, 200) << made.body;
    return member(made, "batch_id");
  }
  std::string drip() {
    return campaign(R"(,"schedule_mode":"drip","drip_rate":1,"scheduled_at":")" + in_two_days() +
                    "\"");
  }

  void ask_messages();
  void ask_campaigns();
  void ask_contacts();
  void ask_money();
  void ask_routes();
  void ask_keys_and_senders();
  void ask_webhooks();
  void ask_carriers();
  void ask_carrier_settings(Browser& admin);
  void ask_inbound();
  void ask_verify();
  void ask_sessions();
  void ask_second_dialect();
  void ask_ringcentral();
  void ask_admin();
  void ask_upkeep(Browser& admin, const std::string& own);

  HttpClient client_ = service().client();
  int64_t account_ = seed_account(pg());
  std::string key_ = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  ApiContract contract_{client_.send("GET", "/openapi.json").body};
};

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

void OpenApiTest::ask_campaigns() {
  ask("POST /messages/bulk-precheck", "",
      R"({"recipients":[{"to":"+254712345678"},{"to":"0712"}],"text":"Hi {{name}}"})");
  const std::string batch = campaign("");
  ask("GET /messages/batch/{id}", "/messages/batch/" + batch);
  ask("GET /messages/batch/{id}", "/messages/batch/batch-unknown");
  ask("GET /messages/batches");
  ask("GET /messages/batches", "/messages/batches?after=" + batch);
  EXPECT_EQ(ask("GET /messages/batches", "/messages/batches?after=nonsense").status, 422);
  const std::string steered = "/messages/batch/" + drip();
  ask("POST /messages/batch/{id}/rate", steered + "/rate", R"({"drip_rate":60})");
  ask("POST /messages/batch/{id}/reschedule", steered + "/reschedule",
      R"({"scheduled_at":")" + in_two_days() + "\"}");
  ask("POST /messages/batch/{id}/pause", steered + "/pause");  // not yet: it has not begun
  const std::string running =
      "/messages/batch/" + campaign(R"(,"schedule_mode":"drip","drip_rate":1)");
  ask("POST /messages/batch/{id}/pause", running + "/pause");
  ask("POST /messages/batch/{id}/resume", running + "/resume");
  ask("POST /messages/batch/{id}/cancel", steered + "/cancel");
  ask("POST /messages/batch/{id}/cancel", steered + "/cancel");
}

void OpenApiTest::ask_contacts() {
  const HttpAnswer made =
      ask("POST /contact-lists", "",
          "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n"
          "name,phone,town\r\nAsha,+254712345678,Nairobi\r\nHome,0712345678,x\r\n\r\n--XyZ--\r\n",
          {{"Content-Type", "multipart/form-data; boundary=XyZ"}});
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string list = "/contact-lists/" + member(made, "id");
  ask("GET /contact-lists", "/contact-lists?tag=none");
  ask("GET /contact-lists");
  ask("GET /contact-lists/{id}", list);
  ask("GET /contact-lists/{id}/contacts", list + "/contacts");
  EXPECT_EQ(ask("DELETE /contact-lists/{id}", list).status, 204);
  EXPECT_EQ(ask("GET /contact-lists/{id}", list).status, 404);
}

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
}

void OpenApiTest::ask_routes() {
  ask("GET /routes");
  ask("GET /routes/{code}", "/routes/ESMS_KE");
  ask("GET /routes/{code}", "/routes/nowhere");
  ask("GET /routes/health");
  ask("GET /pricing");
  ask("GET /healthz");
  ask("GET /readyz");
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

void OpenApiTest::ask_carrier_settings(Browser& admin) {
  const std::string description = R"({"kind": "http", "settings": {"url": "https://x.example/s",
      "json": {"to": "{{to}}", "text": "{{text}}"},
      "answer": {"rules": [{"http": 200, "means": "accepted"}]}}})";
  ask_as(admin, "PUT /admin/carriers/{carrier}/settings", "/admin/carriers/openapi/settings",
         description);
  ask_as(admin, "POST /admin/carriers/{carrier}/check", "/admin/carriers/openapi/check", "{}");
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

void OpenApiTest::ask_carriers() {
  sql_of_test(pg(), "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                        to_hex(sha256("carriersecret")) + "'::bytea])");
  sql_of_test(pg(),
              "insert into inbound_numbers (number, country, keyword, account_id) values "
              "('+254700000999', 'KE', '', " +
                  std::to_string(account_) + ")");
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpClient::Headers plain = {{"Authorization", "Bearer carriersecret"}};
  const std::string text = "id=1&from=254712345679&to=254700000999&text=Hello";
  const std::string mo = R"({"id":"2","from":"+254712345679","to":"+254700000999","text":"Hi"})";
  const PgRows rows = sql_of_test(pg(), "select message_id from messages where account_id = " +
                                            std::to_string(account_) + " limit 1");
  const std::string ref = std::to_string(account_) + "-" + to_string(rows.uuid(0, 0));
  const std::string dlr = R"({"ref":")" + ref + R"(","status":"1"})";
  key_ = "carriersecret";
  ask("POST /carrier/{carrier}/mo", "/carrier/loopback/mo", mo);
  ask("GET /carrier/{carrier}/mo", "/carrier/loopback/mo?" + text);
  ask("GET /carrier/{carrier}/{secret}/mo", "/carrier/loopback/carriersecret/mo?" + text);
  ask("POST /carrier/{carrier}/{secret}/mo", "/carrier/loopback/carriersecret/mo", mo);
  ask("POST /carrier/{carrier}/dlr", "/carrier/loopback/dlr", dlr);
  ask("GET /carrier/{carrier}/dlr", "/carrier/loopback/dlr?status=1&ref=" + ref);
  ask("GET /carrier/{carrier}/{secret}/dlr",
      "/carrier/loopback/carriersecret/dlr?status=1&ref=" + ref);
  ask("POST /carrier/{carrier}/{secret}/dlr", "/carrier/loopback/carriersecret/dlr", dlr);
  const std::string part = reference_text({account_, Environment::kLive, rows.uuid(0, 0), 1, 1});
  const std::string receipt = "/carrier/loopback/kannel-receipt?type=1&ref=" + part;
  const std::string signature = "&sig=" + receipt_signature(kSecret, part);
  ask("GET /carrier/{carrier}/kannel-receipt", receipt + signature);
  ask("GET /carrier/{carrier}/kannel-receipt", receipt + "&sig=0");
  ask("POST /carrier/{carrier}/kannel-receipt", receipt + signature, "{}");
  key_ = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
}

void OpenApiTest::ask_inbound() {
  const HttpAnswer list = ask("GET /inbound");
  const size_t at = list.body.find("mo_");
  ASSERT_NE(at, std::string::npos) << list.body;
  ask("GET /inbound/{id}", "/inbound/" + list.body.substr(at, 35));
  ask("GET /inbound/{id}", "/inbound/mo_0");
  ask("POST /opt-outs", "", R"({"phone":"+254712345601"})");
  ask("POST /opt-outs", "", R"({"phone":["+254712345602","+254712345603"]})");
  ask("GET /opt-outs");
  ask("DELETE /opt-outs/{phone}", "/opt-outs/%2B254712345601");
  ask("DELETE /opt-outs/{phone}", "/opt-outs/%2B254712345601");
}

void OpenApiTest::ask_verify() {
  const std::string live = key_;
  key_ = seed_key(pg(), account_, KeyKind::kTest, "{send,query,admin}");
  const HttpAnswer app = ask("POST /verify/apps", "", R"({"name":"Shop","code_length":4})");
  const std::string path = "/verify/apps/" + member(app, "id");
  const HttpAnswer started = ask("POST /verify/start", "",
                                 R"({"to":"+254712345678","app_id":")" + member(app, "id") + "\"}");
  const std::string id = member(started, "verification_id");
  const std::string of = R"({"verification_id":")" + id + R"(","code":")";
  ask("POST /verify/check", "", of + "0000000\"}");
  ask("POST /verify/start", "", R"({"to":"12"})");
  ask("GET /verify");
  ask("GET /verify/{id}", "/verify/" + id);
  ask("GET /verify/{id}", "/verify/ver-0");
  sql_of_test(pg(), "update verifications set sent_at = sent_at - interval '2 minutes'");
  ask("POST /verify/{id}/resend", "/verify/" + id + "/resend");
  ask("POST /verify/{id}/cancel", "/verify/" + id + "/cancel");
  const HttpAnswer second = ask("POST /verify/start", "", R"({"to":"+254712345679"})");
  ask("POST /verify/check", "",
      R"({"to":"+254712345679","code":")" + member(second, "sandbox_code") + "\"}");
  ask("GET /verify/apps");
  ask("GET /verify/apps/{id}", path);
  ask("GET /verify/apps/{id}/stats", path + "/stats");
  ask("PATCH /verify/apps/{id}", path, R"({"name":"Shop 2"})");
  ask("DELETE /verify/apps/{id}", path);
  ask("GET /verify/countries");
  ask("PUT /verify/countries", "", R"({"countries":[{"country":"KE","per_hour":100}]})");
  key_ = live;
}

void OpenApiTest::ask_sessions() {
  const std::string email = to_hex(random_bytes(6)) + "@example.com";
  seed_user(pg(), account_, email);
  ask("GET /auth/me");
  Browser person(service().client());
  Browser other(service().client());
  EXPECT_EQ(other.login(email, kTestPassword).status, 200);
  EXPECT_EQ(person.login(email, kTestPassword).status, 200);
  const std::string credentials =
      R"({"email":")" + email + R"(","password":")" + kTestPassword + "\"}";
  Browser third(service().client());
  EXPECT_EQ(ask_as(third, "POST /auth/login", "", credentials).status, 200);
  ask_as(third, "POST /auth/login", "", R"({"email":"x@example.com","password":"wrong one"})");
  ask_as(person, "GET /auth/me");
  const HttpAnswer list = ask_as(person, "GET /auth/sessions");
  const auto document = JsonDocument::parse(list.body);
  const int64_t session = document->root().find("sessions")->items().back().find("id")->integer();
  ask_as(person, "DELETE /auth/sessions/{id}", "/auth/sessions/" + std::to_string(session));
  ask_as(person, "DELETE /auth/sessions");
  ask_as(person, "POST /auth/password", "",
         R"({"current_password":")" + std::string(kTestPassword) +
             R"(","new_password":"a new battery for horses"})");
  ask_as(person, "POST /auth/logout");
}

void OpenApiTest::ask_ringcentral() {
  RingCentralStandIn ringcentral;
  ringcentral.give_number("7", "+254700000777");
  ringcentral.add_jwt("jwt", "7");
  ask("POST /rc/connect-token");
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
  const HttpAnswer user =
      ask_as(admin, "POST /admin/accounts/{id}/users", one + "/users",
             R"({"email":"new)" + email + R"(","password":"a long enough secret"})");
  ask_as(admin, "GET /admin/accounts/{id}/users", one + "/users");
  ask_as(admin, "PUT /admin/accounts/{id}/users/{user}", one + "/users/" + member(user, "id"),
         R"({"role":"viewer"})");
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
  const HttpAnswer user = ask_as(admin, "POST /workspace/users", "",
                                 R"({"email":"w)" + to_hex(random_bytes(6)) +
                                     R"(@example.com","password":"a long enough secret"})");
  ask_as(admin, "GET /workspace/users");
  ask_as(admin, "PUT /workspace/users/{id}", "/workspace/users/" + member(user, "id"),
         R"({"role":"viewer"})");
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
  EXPECT_EQ(contract_.unseen(), std::vector<std::string>()) << "ask these here too";
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
