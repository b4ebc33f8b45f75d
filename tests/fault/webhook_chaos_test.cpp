// A customer's server that is down for three simulated days, its secret rotated meanwhile, the
// schedulers killed all the time: in the end it has received exactly what the table says.
#include <gtest/gtest.h>

#include <map>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/http_stand_in.h"

namespace dundun {
namespace webhook_chaos_test {

using namespace std::chrono_literals;
using Seen = HttpStandIn::Seen;
using Reply = HttpStandIn::Reply;

std::string secret_of(const std::string& body) {
  auto document = JsonDocument::parse(body);
  return document ? std::string(document->root().find("signing_secret")->string()) : "";
}

bool plain_verifies(const Seen& call, const std::string& secret) {
  return call.headers.at("x-webhook-signature") ==
         "sha256=" + to_hex(hmac_sha256(secret, call.body));
}
bool standard_verifies(const Seen& call, const std::string& secret) {
  const std::string key = from_base64(secret.substr(6)).value();
  const std::string text =
      call.headers.at("webhook-id") + "." + call.headers.at("webhook-timestamp") + "." + call.body;
  const std::string wanted = " v1," + to_base64(hmac_sha256(key, text)) + " ";
  return (" " + call.headers.at("webhook-signature") + " ").find(wanted) != std::string::npos;
}

TEST(WebhookChaosTest, DownForThreeDaysRotatedAndKilledTheReceiverHasWhatTheTableSays) {
  const int count = full_size() ? 3000 : 200;
  Service service(Stack::shared().fresh_database());
  Pg& pg = service.pg();
  const int64_t account = seed_account(pg, {.live_micros = count * 1'200'000LL});
  const std::string key = seed_key(pg, account);
  std::atomic<bool> down{true};
  HttpStandIn sink([&](const Seen&) { return Reply{down ? 503 : 200, "", ""}; });
  HttpClient client = service.client();
  const HttpClient::Headers headers{{"Authorization", "Bearer " + key},
                                    {"Content-Type", "application/json"}};
  const std::string first_secret = secret_of(
      client.send("PUT", "/api/webhooks", headers, R"({"dlr_url":")" + sink.url() + R"("})").body);
  std::string second_secret;
  {
    Schedulers schedulers(service, 2);
    Every killing(1500ms, [&] { schedulers.kill_one(); });
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(
          client.post(key, "/api/messages/send", R"({"to":"+254712345678","text":"x"})").status,
          200);
    }
    EXPECT_TRUE(wait_until([&] { return undelivered(service, account) == 0; }));
    // Twelve steps of six hours: what waits for its next attempt gets nearer by as much.
    for (int step = 0; step < 12; ++step) {
      sql_of_test(pg,
                  "update webhook_queue set next_attempt_at = next_attempt_at - interval '6 h'");
      sql_of_test(pg,
                  "update webhook_lanes set failing_since = "
                  "failing_since - interval '6 h'");
      if (step == 5)
        second_secret = secret_of(client.post(key, "/api/webhooks/rotate-secret", "").body);
      const size_t before = sink.seen().size();
      const auto tried = [&] {
        sql_of_test(pg, "update webhook_lanes set not_before = '-infinity'");
        return sink.seen().size() > before;
      };
      EXPECT_TRUE(wait_until(tried)) << step;
    }
    EXPECT_EQ(number_of(pg, "select count(*) from webhook_endpoints where disabled_at is not null"),
              0);
    down = false;
    const auto left = [&] { return number_of(pg, "select count(*) from webhook_queue"); };
    EXPECT_TRUE(wait_until([&] {
      sql_of_test(pg,
                  "update webhook_queue set next_attempt_at = now() where next_attempt_at > now()");
      sql_of_test(pg, "update webhook_lanes set not_before = '-infinity'");
      return left() == 0;
    })) << left()
        << " left";
  }
  std::map<std::string, std::string> received;  // id -> body
  for (const Seen& call : sink.seen()) {
    const bool first = plain_verifies(call, first_secret) && standard_verifies(call, first_secret);
    const bool second = plain_verifies(call, second_secret) &&
                        standard_verifies(call, second_secret) &&
                        standard_verifies(call, first_secret);
    EXPECT_TRUE(first || second);
    auto [place, is_new] = received.emplace(call.headers.at("webhook-id"), call.body);
    EXPECT_EQ(place->second, call.body) << "each repeat has the same bytes";
  }
  const PgRows rows = sql_of_test(pg, "select delivery_id, body, state from webhook_deliveries");
  EXPECT_EQ(rows.size(), count);
  EXPECT_EQ(static_cast<size_t>(rows.size()), received.size());
  for (int row = 0; row < rows.size(); ++row) {
    EXPECT_EQ(received[event_id_text(rows.uuid(row, 0))], rows.text(row, 1));
    EXPECT_EQ(rows.i16(row, 2), 2);
  }
  sql_of_test(pg, "update webhook_endpoints set configured_at = configured_at - interval '1 h'");
  EXPECT_EQ(service.reconcile(), 0);
}

}  // namespace webhook_chaos_test
}  // namespace dundun
