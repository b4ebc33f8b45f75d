// The second dialect through nginx: sms, apps and their keys, roles, its errors and limits.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace gravity_test {

constexpr const char* kFrom = "+254700000001";
constexpr const char* kTo = "+254712345678";

std::string field(const std::string& body, const std::string& name) {
  const std::string mark = "\"" + name + "\":";
  size_t at = body.find(mark);
  if (at == std::string::npos) return "";
  at += mark.size();
  if (body[at] == '"') return body.substr(at + 1, body.find('"', at + 1) - at - 1);
  return body.substr(at, body.find_first_of(",}", at) - at);
}

class GravityTest : public testing::Test {
 protected:
  GravityTest()
      : tenant_(make_tenant(account_)), admin_(make_app(account_, 2)), app_(registered()) {
    key_ = field(app_, "apiKey");
    sql_of_test(pg(), "delete from inbound_numbers");
    give_number(kFrom, account_);
  }

  // All tests come from one address, and another's wrong keys count for it too.
  ~GravityTest() override { forget_bad_keys(Stack::shared().redis_url()); }

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  static std::string make_tenant(int64_t& account) {
    account = seed_account(pg());
    const PgRows rows = sql_of_test(
        pg(), "select tenant_id from accounts where account_id = " + std::to_string(account));
    return std::string(rows.text(0, 0));
  }
  // An app and a key for it, as the operator makes the first one.
  static std::string make_app(int64_t account, int role) {
    static int apps = 0;
    const std::string id = "app_" + std::string(14, '0') + std::to_string(10 + ++apps);
    const std::string key = seed_key(pg(), account, KeyKind::kLive, "{send,query,webhooks}");
    sql_of_test(pg(), "insert into apps (account_id, app_id, name, role) values (" +
                          std::to_string(account) + ", '" + id + "', 'Till', " +
                          std::to_string(role) + ")");
    sql_of_test(pg(), "update api_keys set app_id = '" + id +
                          "' where app_id is null and "
                          "account_id = " +
                          std::to_string(account));
    return key;
  }
  static void give_number(const std::string& number, int64_t account,
                          const std::string& app = "null") {
    sql_of_test(pg(),
                "insert into inbound_numbers (number, country, account_id, app_id) values ('" +
                    number + "', 'KE', " + std::to_string(account) + ", " + app + ")");
  }

  HttpAnswer call(const char* method, const std::string& key, const std::string& path,
                  const std::string& body = "", HttpClient::Headers headers = {}) {
    headers.emplace_back("X-API-Key", key);
    return client_.send(method, "/v1" + path, headers, body);
  }
  std::string registered(const std::string& more = "") {
    const HttpAnswer answer = call("POST", admin_, "/apps/register",
                                   R"({"name":"Shop","tenantId":")" + tenant_ + "\"" + more + "}");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.body;
  }
  HttpAnswer send(const std::string& key, const std::string& to = kTo,
                  const HttpClient::Headers& headers = {}) {
    return call("POST", key, "/sms/send",
                R"({"from":")" + std::string(kFrom) + R"(","to":")" + to +
                    R"(","body":"Van is outside","userId":"u-7"})",
                headers);
  }
  void refused(const HttpAnswer& answer, int status, const std::string& text) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.body, "{\"error\":\"" + text + "\"}");
    EXPECT_EQ(answer.headers.count("x-request-id"), 1u);
  }

  HttpClient client_ = service().client();
  int64_t account_ = 0;
  std::string tenant_, admin_, app_, key_;
};

TEST_F(GravityTest, ASendIsQueuedAndTold) {
  const HttpAnswer answer = send(key_);
  ASSERT_EQ(answer.status, 202) << answer.body;
  const std::string id = field(answer.body, "messageId");
  EXPECT_EQ(answer.body, R"({"messageId":")" + id + R"(","status":"queued"})");
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id.find("msg_"), 0u);
  Process scheduler = service().scheduler(60);
  std::string seen;
  EXPECT_TRUE(wait_until([&] {
    seen = call("GET", key_, "/sms/status/" + id).body;
    return field(seen, "status") == "delivered";
  })) << seen;
  EXPECT_EQ(field(seen, "messageId"), id);
  EXPECT_EQ(field(seen, "to"), kTo);
  EXPECT_EQ(field(seen, "from"), kFrom);
  EXPECT_EQ(field(seen, "body"), "Van is outside");
  EXPECT_EQ(field(seen, "error"), "null");
  EXPECT_EQ(field(seen, "direction"), "outbound");
  EXPECT_EQ(field(seen, "createdAt").size(), 24u) << seen;
  EXPECT_GT(field(seen, "updatedAt"), field(seen, "createdAt"));
  EXPECT_EQ(
      number_of(pg(), "select count(*) from messages where user_ref = 'u-7' and app_id = '" +
                          field(app_, "appId") + "' and account_id = " + std::to_string(account_)),
      1);
  // One engine: the first dialect knows it, and its wallet has paid.
  const std::string esms = seed_key(pg(), account_);
  EXPECT_EQ(field(client_.get(esms, "/api/messages/" + id).body, "sender_id"), kFrom);
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(GravityTest, NumbersAreReadAsEverywhere) {
  const auto sent = [&](const std::string& from, const std::string& to) {
    const HttpAnswer answer =
        call("POST", key_, "/sms/send",
             R"({"from":")" + from + R"(","to":")" + to + R"(","body":"Van is outside"})");
    const std::string id = field(answer.body, "messageId");
    const HttpAnswer status = call("GET", key_, "/sms/status/" + id);
    return field(status.body, "from") + " " + field(status.body, "to");
  };
  for (const char* to : {"+254 712-345.678", "00254712345678", "254712345678", "tel:+254712345678",
                         "\u202a+254 (0) 712 345 678\u202c"}) {
    EXPECT_EQ(sent(kFrom, to), "+254700000001 +254712345678") << to;
  }
  EXPECT_EQ(sent("+254 700 000 001", kTo), "+254700000001 +254712345678");
  EXPECT_NE(call("GET", key_, "/sms/messages?to=00254%20712%20345678").body.find("msg_"),
            std::string::npos);
}

TEST_F(GravityTest, ASendNamesWhatIsWrongAndSendsNothing) {
  const auto wrong = [&](const std::string& body, int status, const char* text) {
    refused(call("POST", key_, "/sms/send", body), status, text);
  };
  const char* const required = "to, from, and body are required";
  const char* const number = "to and from must be in E.164 format";
  for (const char* to : {"+254 712 abc 678", "+27 82 HOME", "0712345678", "+027821234567"}) {
    refused(send(key_, to), 400, number);
  }
  wrong("{}", 400, required);
  wrong("[]", 400, required);
  wrong(R"({"to":"+254712345678","from":"+254700000001"})", 400, required);
  wrong(R"({"to":"+254712345678","from":"+254700000001","body":7})", 400, required);
  wrong(R"({"to":254712345678,"from":"+254700000001","body":"x"})", 400, required);
  wrong(R"({"to":"0712345678","from":"+254700000001","body":"x"})", 400, number);
  wrong(R"({"to":"+254712345678","from":"Shop","body":"x"})", 400, number);
  wrong(R"({"to":"+12345678","from":"+254700000001","body":"x"})", 400, number);
  wrong(R"({"to":"+1234567890123456","from":"+254700000001","body":"x"})", 400, number);
  wrong(R"({"to":"+254000000000","from":"+254700000001","body":"x"})", 400, number);
  wrong(R"({"to":"+254712345678","from":"+254700000001","body":""})", 400,
        "body must be 1-1600 characters");
  wrong(R"({"to":"+254712345678","from":"+254700000001","body":")" + std::string(1601, 'x') + "\"}",
        400, "body must be 1-1600 characters");
  wrong(R"({"to":"+254712345678","from":"+254700000001","body":"x","userId":7})", 400,
        "userId must be a string of at most 255 characters");
  wrong(R"({"to":"+254712345678","from":"+254700000099","body":"x"})", 400,
        "from is not a number of this tenant");
  wrong(R"({"to":"+33612345678","from":"+254700000001","body":"x"})", 400,
        "No active route for country FR.");
  EXPECT_EQ(call("POST", key_, "/sms/send", "{").status, 400);
  // Another app's number is none of this one's.
  give_number("+254700000002", account_, "'app_other'");
  wrong(R"({"to":"+254712345678","from":"+254700000002","body":"x"})", 400,
        "from is not a number of this tenant");
  refused(call("POST", key_, "/sms/send", R"({"body":")" + std::string(110 * 1024, 'x') + "\"}"),
          413, "Request body too large");
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " +
                                std::to_string(account_)),
            0);
}

TEST_F(GravityTest, WhoAsksIsAskedFirst) {
  refused(client_.send("GET", "/v1/sms/messages"), 401, "Missing or invalid API key");
  refused(client_.send("GET", "/v1/sms/messages", {{"Authorization", "Basic abc"}}), 401,
          "Missing or invalid API key");
  refused(call("GET", "sgw_00000000000000000000000000000000", "/sms/messages"), 401,
          "Invalid API key");
  EXPECT_EQ(client_.get(key_, "/v1/sms/messages").status, 200);  // Bearer
  EXPECT_EQ(call("GET", key_, "/rc/status").body, R"({"connected":false})");
  EXPECT_EQ(client_.send("GET", "/health").body, R"({"status":"ok"})");
  refused(call("GET", key_, "/sms/nothing"), 404, "Not Found");
  refused(call("DELETE", key_, "/sms/messages"), 405, "Method Not Allowed");
  EXPECT_EQ(call("GET", key_, "/rc/nothing").status, 404);
  sql_of_test(pg(),
              "update accounts set status = 2 where account_id = " + std::to_string(account_));
  configuration_changed(pg(), Stack::shared().redis_url());
  refused(send(key_), 403, "Tenant suspended");
}

TEST_F(GravityTest, PoorIs402) {
  sql_of_test(
      pg(), "update wallets set balance_micros = 0 where account_id = " + std::to_string(account_));
  refused(send(key_), 402, "Insufficient balance");
}

TEST_F(GravityTest, ListsPageFromOneAndKeepApps) {
  const std::string other = field(registered(), "apiKey");
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(field(send(key_).body, "messageId"));
  const std::string foreign = field(send(other, "+256700000111").body, "messageId");
  sql_of_test(pg(),
              "insert into inbound_messages (account_id, inbound_id, environment, carrier,"
              " carrier_message_id, sender, recipient, body) values (" +
                  std::to_string(account_) +
                  ", uuid7_now(), 0, 'loopback', 'mo-1', '+254711111111', '" + kFrom + "', 'Yes')");
  const auto page = [&](const std::string& key, const std::string& query) {
    const HttpAnswer answer = call("GET", key, "/sms/messages" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  };
  const std::string first = page(key_, "?limit=2");
  EXPECT_EQ(first.find(R"({"messages":[{"messageId":"msg_)"), 0u);
  EXPECT_EQ(field(first, "status"), "received");  // the newest
  EXPECT_EQ(field(first, "body"), "Yes");
  EXPECT_TRUE(first.ends_with(R"("total":4,"page":1,"limit":2})")) << first;
  EXPECT_NE(page(key_, "?limit=2&page=2").find(ids[0]), std::string::npos);
  EXPECT_EQ(first.find(foreign), std::string::npos);
  const std::string older = page(key_, "?limit=1&page=9&after=" + ids[2]);
  EXPECT_NE(older.find(ids[1]), std::string::npos) << older;
  EXPECT_EQ(older.find(ids[2]), std::string::npos) << older;
  EXPECT_TRUE(older.ends_with(R"("total":4,"page":9,"limit":1})")) << older;
  EXPECT_TRUE(page(key_, "?direction=outbound").ends_with(R"("total":3,"page":1,"limit":20})"));
  EXPECT_TRUE(page(key_, "?status=received").ends_with(R"("total":1,"page":1,"limit":20})"));
  EXPECT_TRUE(
      page(key_, "?direction=inbound&status=sent").ends_with(R"("total":0,"page":1,"limit":20})"));
  EXPECT_TRUE(page(other, "?to=%2B256700000111").ends_with(R"("total":1,"page":1,"limit":20})"));
  EXPECT_TRUE(page(key_, "?from=%2B254711111111").ends_with(R"("total":1,"page":1,"limit":20})"));
  EXPECT_TRUE(page(key_, "?startDate=2020-01-01&endDate=2020-12-31T10:00:00Z")
                  .ends_with(R"("total":0,"page":1,"limit":20})"));
  EXPECT_TRUE(page(admin_, "?tenantId=" + tenant_ + "&direction=outbound")
                  .ends_with(R"("total":4,"page":1,"limit":20})"));
  EXPECT_NE(page(admin_, "").find(foreign), std::string::npos);
  // What another app sent is not there for this one, nor is another tenant's.
  refused(call("GET", key_, "/sms/status/" + foreign), 404, "Message not found");
  EXPECT_EQ(call("GET", admin_, "/sms/status/" + foreign).status, 200);
  const std::string stranger = make_app(seed_account(pg()), 1);
  refused(call("GET", stranger, "/sms/status/" + ids[0]), 404, "Message not found");
  refused(call("GET", stranger, "/sms/messages?tenantId=" + tenant_), 404, "Tenant not found");
  refused(call("GET", key_, "/sms/status/msg_xyz"), 400, "Invalid messageId format");
  for (const char* bad : {"?page=0", "?limit=101", "?status=open", "?direction=up",
                          "?startDate=yesterday", "?page=x", "?after=x"}) {
    EXPECT_EQ(call("GET", key_, std::string("/sms/messages") + bad).status, 400) << bad;
  }
}

TEST_F(GravityTest, AppsHaveKeysAndAreSeenByTheirOwn) {
  const std::string id = field(app_, "appId"), key = field(app_, "apiKey");
  EXPECT_EQ(app_, R"({"appId":")" + id + R"(","name":"Shop","apiKey":")" + key +
                      R"(","apiKeyPrefix":")" + key.substr(0, 8) +
                      R"(","role":"app","tenantId":")" + tenant_ + "\"}");
  EXPECT_EQ(key.size(), 36u);
  EXPECT_EQ(id.size(), 20u);
  const std::string shown = call("GET", key, "/apps/" + id).body;
  EXPECT_EQ(field(shown, "appId"), id);
  EXPECT_EQ(field(shown, "apiKeyPrefix"), key.substr(0, 8));
  EXPECT_EQ(shown.find(key), std::string::npos);
  EXPECT_EQ(call("GET", key, "/apps").body, R"({"apps":[)" + shown + "]}");
  const std::string all = call("GET", admin_, "/apps?tenantId=" + tenant_).body;
  EXPECT_NE(all.find(id), std::string::npos);
  EXPECT_NE(all.find(R"("role":"admin")"), std::string::npos);
  refused(call("GET", key, "/apps/nothing"), 400, "Invalid appId format");
  refused(call("GET", key, "/apps/app_0123456789abcdef"), 404, "App not found");
  const std::string stranger = make_app(seed_account(pg()), 1);
  refused(call("GET", stranger, "/apps/" + id), 404, "App not found");
  refused(call("PUT", stranger, "/apps/" + id, R"({"name":"Mine"})"), 404, "App not found");
  refused(call("POST", stranger, "/apps/" + id + "/rotate-key"), 404, "App not found");

  EXPECT_EQ(
      field(call("PUT", key, "/apps/" + id, R"({"name":"Shop 2","role":"admin"})").body, "name"),
      "Shop 2");
  EXPECT_EQ(field(call("GET", key, "/apps/" + id).body, "role"), "app");
  refused(call("PUT", key, "/apps/" + id, R"({"isActive":true})"), 403, "Admin API key required");
  refused(call("PUT", key, "/apps/" + id, R"({"name":""})"), 400, "name must be 1-100 characters");
  refused(call("DELETE", key, "/apps/" + id), 403, "Admin API key required");

  // The old key is dead with the answer.
  const HttpAnswer rotated = call("POST", key, "/apps/" + id + "/rotate-key");
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  const std::string fresh = field(rotated.body, "apiKey");
  EXPECT_EQ(rotated.body,
            R"({"apiKey":")" + fresh + R"(","apiKeyPrefix":")" + fresh.substr(0, 8) + "\"}");
  refused(call("GET", key, "/apps"), 401, "Invalid API key");
  EXPECT_EQ(call("GET", fresh, "/apps").status, 200);

  EXPECT_EQ(field(call("PUT", admin_, "/apps/" + id, R"({"isActive":false})").body, "isActive"),
            "false");
  refused(call("GET", fresh, "/apps"), 401, "Invalid API key");
  EXPECT_EQ(call("PUT", admin_, "/apps/" + id, R"({"isActive":true})").status, 200);
  EXPECT_EQ(call("GET", fresh, "/apps").status, 200);
  EXPECT_EQ(call("DELETE", admin_, "/apps/" + id).body, R"({"ok":true})");
  refused(call("GET", fresh, "/apps"), 401, "Invalid API key");
  refused(call("GET", admin_, "/apps/" + id), 404, "App not found");
}

TEST_F(GravityTest, OnlyAdminsRegister) {
  const std::string body = R"({"name":"X","tenantId":")" + tenant_ + "\"}";
  refused(call("POST", key_, "/apps/register", body), 403, "Admin API key required");
  // Who manages the tenant's keys may, for that tenant and for no admins.
  const std::string manager =
      seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  EXPECT_EQ(call("POST", manager, "/apps/register", R"({"name":"X"})").status, 201);
  refused(call("POST", manager, "/apps/register", R"({"name":"X","role":"admin"})"), 403,
          "Admin API key required");
  refused(call("POST", manager, "/apps/register",
               R"({"name":"X","tenantId":"tenant_0000000000000000"})"),
          403, "Admin API key required");
  const auto wrong = [&](const char* text, int status, const char* message) {
    refused(call("POST", admin_, "/apps/register", text), status, message);
  };
  wrong("{}", 400, "name must be 1-100 characters");
  wrong("7", 400, "name must be 1-100 characters");
  wrong(R"({"name":"X"})", 400, "tenantId is required");
  wrong(R"({"name":"X","tenantId":"tenant_0000000000000000"})", 404, "Tenant not found");
  wrong(R"({"name":"X","tenantId":7})", 400, "tenantId must be a string");
  refused(call("POST", admin_, "/apps/register",
               R"({"name":"X","role":"king","tenantId":")" + tenant_ + "\"}"),
          400, "role must be app or admin");
  EXPECT_EQ(call("POST", admin_, "/apps/register",
                 R"({"name":"X","webhookUrl":"http://10.0.0.1/","tenantId":")" + tenant_ + "\"}")
                .status,
            400);
  const std::string second = field(registered(R"(,"role":"admin")"), "apiKey");
  EXPECT_EQ(call("GET", second, "/apps?tenantId=" + tenant_).status, 200);
}

constexpr const char* kOwnOnly = "This is the account's own and not for test keys: use a live key.";

TEST_F(GravityTest, NobodyRegistersWhatHeDoesNotHave) {
  const std::string all = "{send,query,webhooks,admin}";
  const auto limited = [&](const std::string& set) {
    const std::string key = seed_key(pg(), account_, KeyKind::kLive, all);
    sql_of_test(
        pg(), "update api_keys set " + set + " where key_id = (select max(key_id) from api_keys)");
    return key;
  };
  const std::string id = field(app_, "appId");
  const int64_t before = number_of(pg(), "select count(*) from api_keys where app_id is not null");
  const std::string test = seed_key(pg(), account_, KeyKind::kTest, all);
  const std::string few = seed_key(pg(), account_, KeyKind::kLive, "{query,admin}");
  const std::string ending = limited("expires_at = now() + interval '1 hour'");
  const std::tuple<std::string, const char*> cases[] = {
      {test, kOwnOnly},
      {few, "Nobody gives a right that he lacks: the scope 'send'."},
      {ending, "A key that expires gives keys that expire no later."}};
  for (const auto& [key, why] : cases) {
    refused(call("POST", key, "/apps/register", R"({"name":"x"})"), 403, why);
    refused(call("POST", key, "/apps/" + id + "/rotate-key"), 403, why);
  }
  refused(call("PUT", test, "/apps/" + id, R"({"webhookUrl":"https://example.com/x"})"), 403,
          kOwnOnly);
  refused(call("DELETE", test, "/apps/" + id), 403, kOwnOnly);
  refused(call("POST", test, "/apps/" + id + "/test-webhook"), 403, kOwnOnly);
  EXPECT_EQ(number_of(pg(), "select count(*) from api_keys where app_id is not null"), before);
  EXPECT_EQ(call("GET", key_, "/apps").status, 200) << "its key is as it was";
}

TEST_F(GravityTest, NobodyTouchesAnAppAboveHim) {
  const std::string manager =
      seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  const std::string shown = call("GET", admin_, "/apps?tenantId=" + tenant_).body;
  const size_t role = shown.find(R"("role":"admin")");
  const size_t at = shown.rfind(R"("appId":")", role);
  ASSERT_NE(role, std::string::npos);
  const std::string path = "/apps/" + shown.substr(at + 9, 20);
  EXPECT_EQ(call("GET", manager, path).status, 200) << "it may be seen";
  for (const auto& [method, what, body] :
       {std::tuple("POST", "/rotate-key", ""), std::tuple("POST", "/test-webhook", ""),
        std::tuple("PUT", "", R"({"name":"Mine"})"), std::tuple("PUT", "", R"({"isActive":false})"),
        std::tuple("PUT", "", R"({"webhookUrl":"https://example.com/x"})"),
        std::tuple("DELETE", "", "")}) {
    refused(call(method, manager, path + what, body), 403, "Admin API key required");
  }
  EXPECT_EQ(call("GET", admin_, path).body, call("GET", manager, path).body);
  EXPECT_EQ(call("POST", admin_, path + "/rotate-key").status, 200) << "an admin may";
}

TEST_F(GravityTest, ATextThatCameInHasOneId) {
  const Uuid id = new_uuid7();
  sql_of_test(pg(),
              "insert into inbound_messages (account_id, inbound_id, environment, carrier,"
              " carrier_message_id, sender, recipient, body) values (" +
                  std::to_string(account_) + ", '" + to_string(id) + "', 0, 'loopback', 'one', '" +
                  kTo + "', '" + kFrom + "', 'Yes')");
  const std::string msg = gravity_id_text(id);
  EXPECT_NE(call("GET", key_, "/sms/messages?direction=inbound").body.find(msg), std::string::npos);
  for (const std::string& form : {msg, inbound_id_text(id)}) {
    const HttpAnswer status = call("GET", key_, "/sms/status/" + form);
    EXPECT_EQ(field(status.body, "messageId"), msg) << form;
    EXPECT_EQ(field(status.body, "status"), "received") << form;
  }
}

TEST_F(GravityTest, AnAppHasAWebhook) {
  HttpStandIn customer([](const HttpStandIn::Seen&) { return HttpStandIn::Reply{}; });
  const std::string id = field(app_, "appId");
  refused(call("POST", key_, "/apps/" + id + "/test-webhook"), 400, "No webhookUrl configured");
  const std::string body = registered(R"(,"webhookUrl":")" + customer.url() + "/in\"");
  EXPECT_EQ(field(body, "webhookSecret").find("whsec_"), 0u) << body;
  const std::string key = field(body, "apiKey"), app = field(body, "appId");
  EXPECT_EQ(field(call("GET", key, "/apps/" + app).body, "webhookUrl"), customer.url() + "/in");
  EXPECT_EQ(field(call("POST", key, "/apps/" + app + "/test-webhook").body, "ok"), "true");
  Process scheduler = service().scheduler(60);
  EXPECT_TRUE(wait_until([&] { return !customer.seen().empty(); }));
  EXPECT_EQ(field(customer.seen().at(0).body, "type"), "sms_inbound");
  EXPECT_EQ(field(customer.seen().at(0).body, "tenantId"), tenant_);
  EXPECT_EQ(field(call("PUT", key, "/apps/" + app, R"({"webhookUrl":null})").body, "webhookUrl"),
            "null");
  refused(call("POST", key, "/apps/" + app + "/test-webhook"), 400, "No webhookUrl configured");
}

TEST_F(GravityTest, LimitsCountByTheMinute) {
  // A window of its own for this key: twenty at once, then one every three seconds.
  sql_of_test(pg(), "update api_keys set rate_limit_per_s = 20 where prefix = '" +
                        field(app_, "apiKeyPrefix") + "'");
  configuration_changed(pg(), Stack::shared().redis_url());
  int ok = 0;
  HttpAnswer last;
  for (int i = 0; i < 30; ++i) {
    last = call("GET", key_, "/rc/status");
    ok += last.status == 200 ? 1 : 0;
  }
  EXPECT_GE(ok, 20);
  EXPECT_LT(ok, 24);  // one more every three seconds
  refused(last, 429, "Too many requests");
  EXPECT_GE(std::stoi(last.headers.at("retry-after")), 1);
  EXPECT_EQ(last.headers.at("ratelimit-policy"), "\"default\";q=20;w=60");
  const std::string second = field(registered(R"(,"role":"admin")"), "apiKey");
  EXPECT_EQ(call("GET", second, "/rc/status").headers.at("ratelimit-policy"),
            "\"default\";q=500;w=60");
}

TEST_F(GravityTest, AKeyMakesOneMessageOneAppOneRotation) {
  const HttpClient::Headers key{{"Idempotency-Key", "sms-1"}};
  std::vector<HttpAnswer> answers(100);
  std::vector<std::thread> threads;
  const std::string body = R"({"from":"+254700000001","to":"+254712345678","body":"Once"})";
  sql_of_test(pg(), "update api_keys set rate_limit_per_s = 1000000 where app_id is not null");
  configuration_changed(pg(), Stack::shared().redis_url());
  for (HttpAnswer& answer : answers) {
    threads.emplace_back(
        [&] { answer = service().client().post(key_, "/v1/sms/send", body, key); });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> bodies;
  for (const HttpAnswer& answer : answers) {
    EXPECT_EQ(answer.status, 202) << answer.body;
    bodies.insert(answer.body);
  }
  EXPECT_EQ(bodies.size(), 1u);
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " +
                                std::to_string(account_)),
            1);
  refused(call("POST", key_, "/sms/send",
               R"({"from":"+254700000001","to":"+254712345678","body":"Twice"})", key),
          422, "This Idempotency-Key was used with a different request.");

  const std::string app = R"({"name":"Once","tenantId":")" + tenant_ + "\"}";
  const HttpAnswer first = call("POST", admin_, "/apps/register", app, key);
  const HttpAnswer again = call("POST", admin_, "/apps/register", app, key);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.at("idempotency-replayed"), "true");
  // The key is in the answer, but not in the database, where the answer is sealed.
  EXPECT_EQ(number_of(pg(), "select count(*) from idempotency_keys where strpos(body, 'sgw_') > 0"),
            0);
  const std::string path = "/apps/" + field(first.body, "appId") + "/rotate-key";
  const HttpAnswer rotated = call("POST", admin_, path, "", {{"Idempotency-Key", "r-1"}});
  EXPECT_EQ(call("POST", admin_, path, "", {{"Idempotency-Key", "r-1"}}).body, rotated.body);
  EXPECT_EQ(call("GET", field(rotated.body, "apiKey"), "/apps").status, 200);
}

TEST_F(GravityTest, OnlyTheAppSeesItsStatusEvents) {
  service().start_bridge();
  const std::string other = field(registered(), "apiKey");
  const auto listen = [](const std::string& key) {
    WsClient socket({.address = "unix:" + service().ws_socket()});
    EXPECT_TRUE(socket.send_text(R"({"type":"auth","apiKey":")" + key + "\"}"));
    EXPECT_TRUE(socket.next_text_with(R"("auth_ok")"));
    return socket;
  };
  WsClient own = listen(key_), foreign = listen(other);
  const std::string id = field(send(key_).body, "messageId");
  const std::string theirs = field(send(other).body, "messageId");
  const auto first = own.next_text_with("sms_status");
  ASSERT_TRUE(first);
  EXPECT_EQ(field(*first, "messageId"), id);
  EXPECT_EQ(field(*first, "appId"), field(app_, "appId"));
  EXPECT_EQ(field(*first, "tenantId"), tenant_);
  const auto unseen = foreign.next_text_with("sms_status");
  ASSERT_TRUE(unseen);
  EXPECT_EQ(field(*unseen, "messageId"), theirs);
}

}  // namespace gravity_test
}  // namespace dundun
