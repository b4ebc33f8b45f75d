// The journey of a message and the shapes of the spine's answers, through nginx.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <tuple>

#include "common/io/json.h"
#include "common/io/redis.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace api_test {

constexpr const char* kHello = R"({"to":"+254712345678","text":"Gate 4 opens at 9"})";

class ApiTest : public testing::Test {
 protected:
  ApiTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}

  // One service for the whole program: every test has an account of its own in it.
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  HttpAnswer post(const std::string& body, HttpClient::Headers more = {}) {
    return client_.post(key_, "/api/messages/send", body, std::move(more));
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, target); }
  void fund(int64_t micros) {
    const std::string account = std::to_string(account_);
    sql_of_test(pg(), "update wallets set balance_micros = " + std::to_string(micros) +
                          " where account_id = " + account);
    sql_of_test(pg(), "update ledger_entries set amount_micros = " + std::to_string(micros) +
                          ", balance_after_micros = " + std::to_string(micros) +
                          " where account_id = " + account);
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

// +027… was read as +27…, and so passed an opt-out.
TEST_F(ApiTest, NoCountryCodeBeginsWithNought) {
  const std::string all = seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  ASSERT_EQ(client_.post(all, "/api/opt-outs", R"({"phone":"+254712345678"})").status, 200);
  for (const char* number : {"+0254712345678", "+00254712345678", "+027821234567"}) {
    const std::string to = R"({"to":")" + std::string(number) + R"(","text":"x"})";
    const std::string phone = R"({"phone":")" + std::string(number) + R"("})";
    for (const auto& [path, body] :
         {std::pair("/api/messages/send", to), std::pair("/api/messages/preview", to),
          std::pair("/api/verify/start", to), std::pair("/api/opt-outs", phone)}) {
      const HttpAnswer answer = client_.post(all, path, body);
      EXPECT_EQ(answer.status, 400) << path << answer.body;
      EXPECT_TRUE(contains(answer.body, R"("code":"invalid_phone")")) << path << answer.body;
    }
  }
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where account_id = " +
                                std::to_string(account_)),
            0);
}

TEST_F(ApiTest, AMessageIsChargedSubmittedAndDelivered) {
  Process scheduler = service().scheduler(20);
  const HttpAnswer sent = post(kHello);
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(member(sent.body, "status"), "submitted");
  EXPECT_TRUE(contains(sent.body, R"("cost":1.20,"cost_currency":"KES")")) << sent.body;
  EXPECT_TRUE(contains(sent.body, R"("balance_after":998.80)")) << sent.body;
  EXPECT_EQ(sent.headers.at("x-request-id").size(), 32u);
  const std::string id = member(sent.body, "id");
  HttpAnswer detail;
  ASSERT_TRUE(wait_until([&] {
    detail = get("/api/messages/" + id);
    return member(detail.body, "status") == "delivered";
  })) << detail.body;
  const size_t accepted = detail.body.find(R"("event":"accepted","status":"queued")");
  const size_t submitted = detail.body.find(R"("event":"submitted","status":"submitted")");
  const size_t delivered = detail.body.find(R"("event":"delivered","status":"delivered")");
  EXPECT_LT(accepted, submitted);
  EXPECT_LT(submitted, delivered);
  EXPECT_NE(delivered, std::string::npos) << detail.body;
  EXPECT_TRUE(contains(detail.body, R"("source":"api_key")"));
  EXPECT_EQ(get("/v1/messages/" + id.substr(4)).status, 200);
  EXPECT_TRUE(contains(get("/api/balance").body,
                       R"({"balance":998.80,"currency":"KES","sms_estimate":832})"));
  const std::string entries = get("/api/balance/transactions").body;
  EXPECT_TRUE(contains(entries, R"("type":"sms_charge","amount":-1.20,"balance_after":998.80)"));
  EXPECT_TRUE(contains(entries, R"("total":2,"page":0,"limit":20)")) << entries;
  EXPECT_TRUE(contains(get("/api/messages?status=delivered").body, R"("total":1)"));
  EXPECT_TRUE(contains(get("/api/messages?status=failed").body, R"({"messages":[],"total":0)"));
  EXPECT_TRUE(contains(get("/api/messages/stats").body, R"("sent_today":1)"));
  EXPECT_TRUE(contains(get("/api/messages/volume?days=1").body, R"("delivered":1,"failed":0)"));
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ApiTest, AForeignWalletPaysTheConvertedPriceOnce) {
  const HttpAnswer sent = post(R"({"to":"+256712345678","text":"Hello"})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_TRUE(contains(sent.body, R"("cost":1.213,"cost_currency":"KES")")) << sent.body;
  EXPECT_TRUE(contains(sent.body, R"("route_cost":35.00,"route_currency":"UGX")")) << sent.body;
}

struct Refusal {
  const char* body;
  int status;
  const char* code;
  const char* detail;  // a piece of the body
};

TEST_F(ApiTest, EveryRefusalOfASendNamesItsReason) {
  const std::string long_text(1531, 'a');
  const std::string too_long = R"({"to":"+254712345678","text":")" + long_text + R"("})";
  const Refusal cases[] = {
      {R"({"to":"0712345678","text":"x"})", 400, "invalid_phone", R"("code":"invalid_phone")"},
      {R"({"to":"+2547","text":"x"})", 400, "invalid_phone", "country code"},
      {R"({"to":"+12025550123","text":"x"})", 400, "no_route", "No active route for country US"},
      {R"({"to":"+254712345678","text":"x","route":"ESMS_XX"})", 400, "no_route", "ESMS_XX"},
      {R"({"to":"+254712345678","text":"x","route":"ESMS_UG"})", 400, "no_route", "KE"},
      {R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled"})", 400, "invalid_request",
       "scheduled_at is required"},
      {R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled","scheduled_at":"soon"})",
       400, "invalid_request", "ISO 8601"},
      {R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled","scheduled_at":"2020-01-01T00:00:00Z"})",
       400, "invalid_request", "at least 5 minutes"},
      {R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled","scheduled_at":"2099-01-01T00:00:00Z"})",
       400, "invalid_request", "at most 7 days"},
      {too_long.c_str(), 400, "text_too_long", "11 segments"},
      {R"({"to":"+254712345678","text":"x","sender_id":"MyApp"})", 403, "sender_id_not_approved",
       R"({"detail":"Sender ID 'MyApp' not found or not approved. Check your sender IDs at /sender-ids")"},
      {R"({"text":"x"})", 422, "validation_error",
       R"({"detail":[{"loc":["body","to"],"msg":"field required","type":"value_error.missing"}])"},
      {R"({"to":"+254712345678"})", 422, "validation_error", R"("loc":["body","text"])"},
      {R"({"to":254712345678,"text":"x"})", 422, "validation_error", R"(["body","to"])"},
      {R"({"to":"+254712345678","text":7})", 422, "validation_error", R"(["body","text"])"},
      {R"({"to":"+254712345678","text":"x","international":1})", 422, "validation_error",
       R"(["body","international"])"},
      {R"({"to":"+254712345678","text":""})", 422, "validation_error", R"(["body","text"])"},
      {R"({"to":"+254712345678","text":"x","schedule_mode":"drip"})", 422, "validation_error",
       "schedule_mode"},
  };
  for (const Refusal& refusal : cases) {
    const HttpAnswer answer = post(refusal.body);
    EXPECT_EQ(answer.status, refusal.status) << refusal.body << "\n" << answer.body;
    EXPECT_TRUE(contains(answer.body, refusal.detail)) << answer.body;
    EXPECT_TRUE(contains(answer.body, "\"error\":{\"code\":\"" + std::string(refusal.code)))
        << answer.body;
    EXPECT_TRUE(contains(answer.body, R"("request_id":")" + answer.headers.at("x-request-id")));
  }
  EXPECT_TRUE(contains(get("/api/messages").body, R"("total":0)")) << "a refusal left a message";
  EXPECT_TRUE(contains(get("/api/balance").body, R"("balance":1000.00)"));
}

TEST_F(ApiTest, ASenderIdCountsOnlyWhereItIsApproved) {
  sql_of_test(pg(), "insert into sender_ids (account_id, name, countries, status) values (" +
                        std::to_string(account_) + ", 'MyApp', '{KE,TZ}', 2)");
  configuration_changed(pg(), Stack::shared().redis_url());
  EXPECT_EQ(post(R"({"to":"+254712345678","text":"x","sender_id":"MyApp"})").status, 200);
  const HttpAnswer refused = post(R"({"to":"+256712345678","text":"x","sender_id":"MyApp"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(contains(
      refused.body,
      R"({"detail":"Sender ID 'MyApp' is not approved for UG. Approved countries: KE, TZ")"))
      << refused.body;
}

TEST_F(ApiTest, AnEmptyWalletSendsNothing) {
  fund(500'000);
  const HttpAnswer api = post(kHello);
  EXPECT_EQ(api.status, 422);
  EXPECT_TRUE(contains(api.body,
                       R"({"detail":{"code":"insufficient_balance","message":"Balance KES 0.50 < )"
                       R"(estimated cost KES 1.20","balance":0.50,"cost":1.20,"required":1.20,)"
                       R"("available":0.50,"currency":"KES"})"))
      << api.body;
  EXPECT_EQ(client_.post(key_, "/v1/messages/send", kHello).status, 402);
  EXPECT_TRUE(contains(get("/api/messages").body, R"("total":0)"));
}

TEST_F(ApiTest, MalformedBodiesAreRefusedAndTheWorkerLives) {
  const std::string nested = std::string(200'000, '[') + std::string(200'000, ']');
  const std::string bodies[] = {"not json",
                                "{\"to\":",
                                nested,
                                "{\"to\":\"\xff\xfe\"}",
                                R"({"to":"+254712345678","text":"\ud800"})",
                                R"({"to":"+254712345678","text":"\udc00 x"})",
                                R"({"to":"+254712345678","text":"x"} tail)"};
  for (const std::string& body : bodies) {
    const HttpAnswer answer = post(body);
    EXPECT_EQ(answer.status, 400) << body.substr(0, 60) << "\n" << answer.body;
    EXPECT_TRUE(contains(answer.body, "invalid_json")) << answer.body;
  }
  EXPECT_EQ(post("[]").status, 422);
  const HttpAnswer large = post(std::string(2'000'000, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_TRUE(contains(large.body, R"("code":"body_too_large")")) << large.body;
  EXPECT_EQ(post(kHello).status, 200);
}

TEST_F(ApiTest, PathsAndMethodsThatDoNotExistAnswerInJson) {
  for (const char* target : {"/api/messages/..%2f..%2fetc", "/api/messages/msg-%00", "/api/nothing",
                             "/api/messages/%zz", "/messages", "/api/messages/../../etc/passwd",
                             "/api/messages/msg-x'; drop table messages", "/metrics"}) {
    std::string path = target;
    std::replace(path.begin(), path.end(), ' ', '+');
    const HttpAnswer answer = get(path);
    EXPECT_TRUE(answer.status == 404 || answer.status == 400) << target << answer.status;
    EXPECT_TRUE(contains(answer.body, R"("request_id")")) << target << answer.body;
  }
  const HttpAnswer wrong = client_.post(key_, "/api/messages/stats", "{}");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(get("/api/messages?x=" + std::string(5200, 'a')).status, 414);
}

TEST_F(ApiTest, KeysOpenOnlyWhatTheyMay) {
  EXPECT_EQ(client_.send("GET", "/api/messages").status, 401);
  EXPECT_EQ(client_.send("GET", "/api/messages?api_key=" + key_).status, 401);
  EXPECT_EQ(client_.send("GET", "/api/messages", {{"X-API-Key", key_}}).status, 200);
  const HttpAnswer unknown = client_.get("esms_live_" + std::string(32, 'x'), "/api/balance");
  EXPECT_EQ(unknown.status, 401);
  EXPECT_TRUE(contains(unknown.body, R"({"detail":{"code":"invalid_api_key")")) << unknown.body;
  const std::string query = seed_key(pg(), account_, KeyKind::kLive, "{query}");
  const HttpAnswer refused = client_.post(query, "/api/messages/send", kHello);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(contains(refused.body, R"("code":"insufficient_scope")"));
  EXPECT_EQ(client_.get(query, "/api/messages").status, 200);
}

TEST_F(ApiTest, OtherAccountsMessagesDoNotExist) {
  const std::string id = member(post(kHello).body, "id");
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(stranger, "/api/messages/" + id).status, 404);
  EXPECT_EQ(client_.post(stranger, "/api/messages/" + id + "/cancel", "").status, 404);
  EXPECT_TRUE(contains(client_.get(stranger, "/api/messages").body, R"("total":0)"));
}

TEST_F(ApiTest, TestKeysHaveTheirOwnWalletAndLists) {
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  EXPECT_EQ(client_.post(test, "/api/messages/send", kHello).status, 200);
  EXPECT_TRUE(contains(client_.get(test, "/api/balance").body, "998.80"));
  EXPECT_TRUE(contains(get("/api/balance").body, "1000.00"));
  EXPECT_TRUE(contains(get("/api/messages").body, R"("total":0)"));
  EXPECT_TRUE(contains(get("/api/messages?environment=all").body, R"("total":1)"));
}

TEST_F(ApiTest, ARevokedKeyIsDeadAtTheNextRequestOnEveryWorker) {
  std::vector<HttpClient> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(service().client());
  for (HttpClient& client : clients) EXPECT_EQ(client.get(key_, "/api/messages").status, 200);
  sql_of_test(
      pg(), "update api_keys set is_active = false where account_id = " + std::to_string(account_));
  configuration_changed(pg(), Stack::shared().redis_url());
  for (HttpClient& client : clients) EXPECT_EQ(client.get(key_, "/api/messages").status, 401);
}

TEST_F(ApiTest, ASuspendedAccountIsRefused) {
  sql_of_test(pg(),
              "update accounts set status = 2 where account_id = " + std::to_string(account_));
  configuration_changed(pg(), Stack::shared().redis_url());
  const HttpAnswer answer = post(kHello);
  EXPECT_EQ(answer.status, 403);
  EXPECT_TRUE(contains(answer.body, "account_suspended"));
}

TEST_F(ApiTest, TheRateLimitAnswers429WithTheTimeToWait) {
  const std::string slow = seed_key(pg(), account_, KeyKind::kLive, "{query}", 5);
  int refused = 0;
  HttpAnswer last;
  for (int i = 0; i < 40; ++i) {
    const HttpAnswer answer = client_.get(slow, "/api/messages");
    if (answer.status == 429) {
      ++refused;
      last = answer;
    }
  }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(last.headers["retry-after"], "1");
  EXPECT_EQ(last.headers["ratelimit-policy"], R"("default";q=5;w=1)");
  EXPECT_TRUE(contains(last.body, R"("code":"rate_limited")")) << last.body;
}

TEST_F(ApiTest, ARepeatedKeyGetsTheFirstAnswerByteForByte) {
  const HttpAnswer first = post(kHello, {{"Idempotency-Key", "\"order-17\""}});
  ASSERT_EQ(first.status, 200);
  HttpAnswer again;
  ASSERT_TRUE(wait_until([&] {
    again = post(kHello, {{"Idempotency-Key", "order-17"}});
    return again.status == 200;
  }));
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers["idempotency-replayed"], "true");
  const HttpAnswer other =
      post(R"({"to":"+254712345678","text":"other"})", {{"Idempotency-Key", "order-17"}});
  EXPECT_EQ(other.status, 422);
  EXPECT_TRUE(contains(other.body, R"("code":"idempotency_key_reused")"));
  EXPECT_EQ(post(kHello, {{"Idempotency-Key", std::string(256, 'k')}}).status, 400);
  EXPECT_TRUE(contains(get("/api/messages").body, R"("total":1)"));
}

TEST_F(ApiTest, AHundredEqualRequestsAtOnceHaveOneEffect) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::vector<std::string> bodies;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      HttpClient client = service().client();
      HttpAnswer answer;
      wait_until([&] {
        answer = client.post(key_, "/api/messages/send", kHello, {{"Idempotency-Key", "once"}});
        return answer.status == 200;
      });
      std::lock_guard lock(mutex);
      bodies.push_back(answer.body);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& body : bodies) EXPECT_EQ(body, bodies.front());
  EXPECT_TRUE(contains(get("/api/messages").body, R"("total":1)"));
  EXPECT_TRUE(contains(get("/api/balance").body, "998.80"));
}

std::string scheduled_body(std::chrono::minutes ahead) {
  return R"({"to":"+254712345678","text":"later","schedule_mode":"scheduled","scheduled_at":")" +
         format_z(now() + ahead) + R"("})";
}

TEST_F(ApiTest, AScheduledMessageIsChargedAndCancelGivesTheMoneyBack) {
  const HttpAnswer sent = post(scheduled_body(std::chrono::minutes(10)));
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_EQ(member(sent.body, "status"), "scheduled");
  EXPECT_TRUE(member(sent.body, "scheduled_at").ends_with("+00:00"));
  EXPECT_TRUE(contains(get("/api/balance").body, "998.80"));
  const std::string path = "/api/messages/" + member(sent.body, "id") + "/cancel";
  const HttpAnswer cancelled = client_.post(key_, path, "");  // no Content-Length, no type
  ASSERT_EQ(cancelled.status, 200) << cancelled.body;
  EXPECT_TRUE(contains(cancelled.body, R"("status":"cancelled","balance_after":1000.00)"));
  const HttpAnswer again = client_.post(key_, path, "");
  EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(contains(again.body, R"("code":"not_cancellable")")) << again.body;
  EXPECT_TRUE(contains(get("/api/balance").body, "1000.00"));
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ApiTest, EveryMagicNumberMeetsItsFate) {
  Process scheduler = service().scheduler(20);
  const std::tuple<const char*, const char*, const char*> fates[] = {
      {"+254712340001", "failed", "UNDELIV"}, {"+254712340002", "failed", "REJECTD"},
      {"+254712340003", "failed", "EXPIRED"}, {"+254712340004", "failed", "SUBMIT_FAIL"},
      {"+254712340005", "delivered", ""},     {"+254712340007", "delivered", ""},
      {"+254712340008", "delivered", ""},     {"+254712340009", "delivered", ""},
      {"+254712340010", "delivered", ""}};
  std::vector<std::string> ids;
  for (const auto& [number, status, code] : fates) {
    const HttpAnswer sent = post(R"({"to":")" + std::string(number) + R"(","text":"x"})");
    ASSERT_EQ(sent.status, 200) << sent.body;
    ids.push_back(member(sent.body, "id"));
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto& [number, status, code] = fates[i];
    HttpAnswer detail;
    EXPECT_TRUE(wait_until([&, wanted = status] {
      detail = get("/api/messages/" + ids[i]);
      return member(detail.body, "status") == wanted;
    })) << number
        << detail.body;
    if (*code) {
      EXPECT_EQ(member(detail.body, "error_code"), code) << detail.body;
    }
    // A repeated receipt is one line of the timeline.
    const size_t first = detail.body.find("DLR: DELIVRD");
    if (first != std::string::npos) {
      EXPECT_EQ(detail.body.find("DLR: DELIVRD", first + 1), std::string::npos) << detail.body;
    }
  }
  // Only what no carrier took was given back: nine charges, one refund.
  EXPECT_TRUE(contains(get("/api/balance").body, R"("balance":990.40)"))
      << get("/api/balance").body;
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ApiTest, RoutesAndPricingAreBareArrays) {
  const HttpAnswer routes = get("/api/routes");
  EXPECT_EQ(routes.body.front(), '[');
  EXPECT_TRUE(contains(routes.body, R"("code":"ESMS_UG","name":"Uganda")"));
  EXPECT_EQ(member(get("/v1/routes/ESMS_KE").body, "currency"), "KES");
  EXPECT_EQ(get("/api/routes/ESMS_XX").status, 404);
  const HttpAnswer pricing = client_.send("GET", "/api/pricing");
  EXPECT_EQ(pricing.status, 200);
  EXPECT_FALSE(contains(pricing.body, "\"name\""));
}

TEST_F(ApiTest, ListsPageByNumberAndByLastSeenId) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(member(post(kHello).body, "id"));
  EXPECT_TRUE(contains(get("/api/messages?limit=2&page=2").body, ids[0]));
  EXPECT_TRUE(contains(get("/api/messages?limit=1&after=" + ids[3]).body, ids[2]));
  EXPECT_TRUE(contains(get("/api/messages?to=%2B254712345678").body, R"("total":5)"));
  const std::string today = format_z(now()).substr(0, 10);
  EXPECT_TRUE(
      contains(get("/api/messages?date_from=" + today + "&date_to=" + today).body, R"("total":5)"));
  EXPECT_TRUE(contains(get("/api/messages?date_to=2020-01-01").body, R"("total":0)"));
  for (const char* bad : {"limit=0", "limit=101", "page=-1", "page=x", "status=nonsense",
                          "date_from=yesterday", "after=1", "batch_id=x", "environment=moon"}) {
    const HttpAnswer answer = get(std::string("/api/messages?") + bad);
    EXPECT_EQ(answer.status, 422) << bad;
    EXPECT_TRUE(contains(answer.body, R"("loc":["query",)")) << answer.body;
  }
}

TEST_F(ApiTest, TooManyWrongKeysFromOneAddressAreBlocked) {
  Redis redis({.url = Stack::shared().redis_url()});
  EXPECT_EQ(get("/api/balance").status, 200);
  HttpAnswer answer;
  for (int i = 0; i < 12; ++i) answer = client_.get("esms_live_wrong", "/api/balance");
  EXPECT_EQ(answer.status, 429);
  EXPECT_GT(std::stoi("0" + answer.headers["retry-after"]), 600);
  EXPECT_EQ(get("/api/balance").status, 200) << "a key that was good before still works";
  // The others are not looked up any more.
  const std::string unseen = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(unseen, "/api/balance").status, 429);
  EXPECT_GT(std::stoi("0" + client_.get(unseen, "/api/balance").headers["retry-after"]), 600);
  (void)redis.run({"FLUSHALL"});
}

}  // namespace api_test
}  // namespace dundun
