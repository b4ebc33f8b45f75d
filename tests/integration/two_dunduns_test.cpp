// A Dundun whose carrier is another Dundun, each with stores, workers and a scheduler of its own:
// the shipped description speaks its API, de-duplicates by Idempotency-Key, and hears of receipts
// by its webhook.
#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/http_carrier.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/kannel.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace two_dunduns_test {

class TwoDundunsTest : public testing::Test {
 protected:
  // The upstream, and a carrier of ours that is it, reached at `base_url` (empty: the upstream).
  void start(const std::string& base_url = "") {
    const int upstream_port = free_port(), our_port = free_port();
    start_second_redis();
    Service::Options options;
    options.http_port = upstream_port;
    options.environment = {{"REDIS_URL", "unix:" + second_redis_}};
    upstream_ = std::make_unique<Service>(Stack::shared().fresh_database(), options);
    const int64_t account = seed_account(upstream_->pg());
    upstream_url_ = "http://127.0.0.1:" + std::to_string(upstream_port);
    const std::string upstream_key = seed_key(upstream_->pg(), account);
    const HttpAnswer set = upstream_->client().send(
        "PUT", "/api/webhooks",
        {{"Authorization", "Bearer " + upstream_key}, {"Content-Type", "application/json"}},
        R"({"dlr_url":"http://127.0.0.1:)" + std::to_string(our_port) +
            R"(/carrier/upstream/dlr"})");
    ASSERT_EQ(set.status, 200) << set.body;
    const HttpAnswer rotated =
        upstream_->client().post(upstream_key, "/api/webhooks/rotate-secret", "");
    const size_t at = rotated.body.find("whsec_");
    ASSERT_NE(at, std::string::npos) << rotated.body;
    start_ours(our_port, base_url.empty() ? upstream_url_ : base_url, upstream_key,
               rotated.body.substr(at, rotated.body.find('"', at) - at));
    upstream_scheduler_ = upstream_->scheduler(600);
  }

  void start_ours(int port, const std::string& base_url, const std::string& api_key,
                  const std::string& webhook_secret) {
    const std::string folder = Stack::shared().folder() + "/two-carriers";
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    take_over(before, folder,
              {"upstream",
               shipped_description("dundun", R"("timeout_ms": 2000,)"),
               {{"base_url", base_url}, {"api_key", api_key}, {"webhook_secret", webhook_secret}}});
    Service::Options options;
    options.http_port = port;
    options.environment = {{"CARRIER_SECRETS_DIR", folder}};
    ours_ = std::make_unique<Service>(database, options);
    key_ = seed_key(ours_->pg(), seed_account(ours_->pg()));
    scheduler_ = ours_->scheduler(600);
  }

  void start_second_redis() {
    second_redis_ = Stack::shared().folder() + "/second.sock";
    redis_ = Process({.command = {"redis-server", "--port", "0", "--unixsocket", second_redis_,
                                  "--save", "", "--appendonly", "no"},
                      .environment = {},
                      .log = Stack::shared().folder() + "/second.log",
                      .folder = ""});
    ASSERT_TRUE(wait_until([&] {
      return run_command({"redis-cli", "-s", second_redis_, "ping"}) == 0;
    }));
  }
  ~TwoDundunsTest() override { redis_.kill_now(); }

  HttpAnswer send(const std::string& to, const std::string& text = "Gate 4") {
    return ours_->client().post(key_, "/api/messages/send",
                                R"({"to":")" + to + R"(","text":")" + text + R"("})");
  }
  int64_t count(Service& where, const std::string& what) {
    return number_of(where.pg(), "select count(*) from " + what);
  }

  std::string second_redis_, upstream_url_, key_;
  Process redis_, scheduler_, upstream_scheduler_;
  std::unique_ptr<Service> upstream_, ours_;
};

TEST_F(TwoDundunsTest, AMessagePassesBothAndItsReceiptComesBack) {
  start();
  ASSERT_EQ(send("+254712345678", "Ndiyo 😀").status, 200);
  ASSERT_EQ(send("+254712340001", "Gate 4").status, 200);  // undelivered
  ASSERT_EQ(send("+254712340003", "Gate 4").status, 200);  // expired
  ASSERT_TRUE(wait_until([&] { return count(*ours_, "messages where status in (5, 6)") == 3; }))
      << count(*ours_, "messages where status = 3");
  EXPECT_EQ(count(*ours_, "messages where status = 5 and phone = '+254712345678'"), 1);
  EXPECT_EQ(count(*ours_, "messages where error_code = 'UNDELIV' and phone = '+254712340001'"), 1);
  EXPECT_EQ(count(*ours_, "messages where error_code = 'EXPIRED' and phone = '+254712340003'"), 1);
  EXPECT_EQ(count(*upstream_, "messages"), 3);
  EXPECT_EQ(count(*upstream_, "messages where body = 'Ndiyo 😀' and segments = 1"), 1);
  EXPECT_EQ(count(*ours_, "carrier_receipts"), 0);
  EXPECT_EQ(ours_->reconcile(), 0);
  EXPECT_EQ(upstream_->reconcile(), 0);
}

TEST_F(TwoDundunsTest, ItsRefusalsAreOurs) {
  start();
  ASSERT_EQ(send("+254712340004").status, 200);  // the upstream's carrier refuses it
  sql_of_test(upstream_->pg(),
              "insert into opt_outs (account_id, phone) select account_id, "
              "'+254712345678' from accounts");
  ASSERT_EQ(send("+254712345678").status, 200);
  ASSERT_TRUE(
      wait_until([&] { return count(*ours_, "messages where status = 6 and refunded") == 2; }));
  EXPECT_EQ(count(*ours_, "messages where error_code = 'OPTED_OUT'"), 1);
  EXPECT_EQ(count(*ours_, "messages where error_code = 'SUBMIT_FAIL'"), 1);
  EXPECT_EQ(ours_->reconcile(), 0);
}

TEST_F(TwoDundunsTest, ASuspendedAccountUpstreamIsTriedAgain) {
  start();
  sql_of_test(upstream_->pg(), "update accounts set status = 2");
  configuration_changed(upstream_->pg(), "unix:" + second_redis_);
  ASSERT_EQ(send("+254712345678").status, 200);
  ASSERT_TRUE(wait_until([&] { return count(*ours_, "messages where retry_count > 0") == 1; }));
  sql_of_test(upstream_->pg(), "update accounts set status = 1");
  configuration_changed(upstream_->pg(), "unix:" + second_redis_);
  ASSERT_TRUE(wait_until([&] { return count(*ours_, "messages where status = 5") == 1; }));
  EXPECT_EQ(count(*upstream_, "messages"), 1);
}

// The first answer is lost after the upstream has committed: the message is submitted again under
// its key, and leaves once.
TEST_F(TwoDundunsTest, ALostAnswerIsAskedForAgainAndNothingIsSentTwice) {
  std::atomic<int> calls{0};
  HttpStandIn between([&](const HttpStandIn::Seen& seen) {
    HttpClient::Headers headers{{"Authorization", seen.headers.at("authorization")},
                                {"Idempotency-Key", seen.headers.at("idempotency-key")},
                                {"Content-Type", "application/json"}};
    const HttpAnswer answer = upstream_->client().send("POST", seen.target, headers, seen.body);
    if (++calls == 1) return HttpStandIn::Reply{200, "lost", "Transfer-Encoding: chunked\r\n"};
    return HttpStandIn::Reply{answer.status, answer.body, ""};
  });
  start(between.url());
  ASSERT_EQ(send("+254712345678").status, 200);
  ASSERT_TRUE(wait_until([&] { return count(*ours_, "messages where status = 5") == 1; }));
  EXPECT_GE(calls, 2);
  EXPECT_EQ(count(*upstream_, "messages"), 1);
  EXPECT_EQ(count(*upstream_, "ledger_entries where amount_micros < 0"), 1);
  EXPECT_EQ(ours_->reconcile(), 0);
}

TEST_F(TwoDundunsTest, AForgedWebhookChangesNothing) {
  start();
  upstream_scheduler_.kill_now();
  ASSERT_EQ(send("+254712345678").status, 200);
  ASSERT_TRUE(wait_until([&] { return count(*ours_, "carrier_ids") == 1; }));
  const PgRows id = sql_of_test(ours_->pg(), "select carrier_message_id from carrier_ids");
  const std::string body = R"({"event":"message.delivered","message_id":")" +
                           std::string(id.text(0, 0)) + R"(","status":"delivered"})";
  for (const char* signature : {"", "sha256=", "sha256=0000", "00"}) {
    EXPECT_EQ(
        ours_->client()
            .send("POST", "/carrier/upstream/dlr",
                  {{"Content-Type", "application/json"}, {"X-Webhook-Signature", signature}}, body)
            .status,
        401);
  }
  // Not even with the carrier's secret: its description says how it signs.
  EXPECT_EQ(ours_->client()
                .send("POST", "/carrier/upstream/" + std::string(kCarrierSecret) + "/dlr",
                      {{"Content-Type", "application/json"}}, body)
                .status,
            401);
  EXPECT_EQ(count(*ours_, "messages where status = 5"), 0);
}

}  // namespace two_dunduns_test
}  // namespace dundun
