// How a webhook call is signed, and what its answers mean. The signatures' expected values come
// from openssl and Python, not from our own code.
#include <gtest/gtest.h>

#include "common/webhooks/call.h"

namespace dundun {
namespace webhook_call_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kAt = *parse_rfc3339("2026-11-20T08:00:41Z");
const std::string kSecret =
    "whsec_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string kBody = R"({"event":"message.delivered","message_id":"msg-1"})";

OutboundReply reply(int status, std::string retry_after = "") {
  return {.status = status, .error = "", .answer = "", .retry_after = std::move(retry_after)};
}

std::string header(const std::vector<std::pair<std::string, std::string>>& headers,
                   std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "<missing>";
}

TEST(WebhookCallTest, ThePlainSignatureIsKeyedWithTheWholeSecret) {
  EXPECT_EQ(plain_signature(kSecret, kBody),
            "sha256=fa065c4881e824227ce65762759774de5df69a6521b2f848263a3c2a47dd329f");
}

TEST(WebhookCallTest, TheStandardSignatureIsKeyedWithTheDecodedBytes) {
  EXPECT_EQ(standard_signature(kSecret, "evt_1", 1763625641, kBody),
            "v1,8vRUMWNFOF2bzMV498F1k4gqVvtUicPwKqlzYz2Yd5s=");
  // The example of the Standard Webhooks specification's reference libraries.
  EXPECT_EQ(
      standard_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                         1614265330, R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_EQ(standard_signature("whsec_not base64", "evt_1", 1, kBody), "");
}

TEST(WebhookCallTest, DuringARotationBothSecretsSign) {
  const Uuid id = *parse_uuid("01984f6e-6a10-7c11-9b52-31c6a6a0d9f4");
  const auto alone = webhook_headers(id, kBody, {kSecret, {}}, kAt, std::nullopt);
  const std::string one = header(alone, "webhook-signature");
  EXPECT_EQ(header(alone, "webhook-id"), "evt_01984f6e6a107c119b5231c6a6a0d9f4");
  EXPECT_EQ(header(alone, "X-Webhook-ID"), header(alone, "webhook-id"));
  EXPECT_EQ(header(alone, "webhook-timestamp"), "1795161641");
  EXPECT_EQ(header(alone, "Content-Type"), "application/json");
  EXPECT_EQ(header(alone, "X-Webhook-Signature"), plain_signature(kSecret, kBody));
  const std::string newer = "whsec_" + std::string(64, 'a');
  const auto both = webhook_headers(id, kBody, {newer, {kSecret}}, kAt, std::nullopt);
  EXPECT_EQ(header(both, "X-Webhook-Signature"), plain_signature(newer, kBody));
  EXPECT_EQ(header(both, "webhook-signature"),
            standard_signature(newer, "evt_01984f6e6a107c119b5231c6a6a0d9f4", 1795161641, kBody) +
                " " + one);
}

TEST(WebhookCallTest, AnyAnswerOf200To299IsSuccess) {
  for (int status : {200, 201, 202, 204, 299}) {
    EXPECT_EQ(judge_attempt(reply(status), 0, 0, kAt).state, DeliveryState::kDelivered) << status;
  }
  for (int status : {0, 100, 199, 300, 301, 302, 307, 400, 401, 404, 429, 500, 502, 503}) {
    EXPECT_EQ(judge_attempt(reply(status), 0, 0, kAt).state, DeliveryState::kPending) << status;
  }
}

TEST(WebhookCallTest, FailuresFollowTheScheduleAndThenItIsDead) {
  const seconds waits[] = {seconds(10),    seconds(30),    seconds(90),    seconds(270),
                           seconds(810),   seconds(3600),  seconds(7200),  seconds(18000),
                           seconds(36000), seconds(50400), seconds(72000), seconds(86400)};
  for (int failures = 0; failures < 12; ++failures) {
    const Verdict verdict = judge_attempt(reply(500), failures, 0, kAt);
    EXPECT_EQ(verdict.state, DeliveryState::kPending);
    EXPECT_EQ(verdict.wait, waits[failures]) << failures;
  }
  EXPECT_EQ(judge_attempt(reply(500), 12, 0, kAt).state, DeliveryState::kDead);
  EXPECT_EQ(judge_attempt(reply(500), 99, 0, kAt).state, DeliveryState::kDead);
  EXPECT_EQ(judge_attempt(reply(500), 0, 1, kAt).wait, milliseconds(11'000));
  EXPECT_EQ(judge_attempt(reply(500), 0, -1, kAt).wait, milliseconds(9'000));
}

TEST(WebhookCallTest, GoneIsGone) {
  const Verdict verdict = judge_attempt(reply(410), 0, 0, kAt);
  EXPECT_EQ(verdict.state, DeliveryState::kDead);
  EXPECT_TRUE(verdict.gone);
  EXPECT_FALSE(judge_attempt(reply(404), 0, 0, kAt).gone);
}

TEST(WebhookCallTest, RetryAfterIsHonouredForAnHourAtMost) {
  EXPECT_EQ(judge_attempt(reply(429, "120"), 0, 0, kAt).wait, seconds(120));
  EXPECT_EQ(judge_attempt(reply(429, "120"), 0, 0, kAt).hold, seconds(120));
  EXPECT_EQ(judge_attempt(reply(503, "7200"), 0, 0, kAt).hold, seconds(3600));
  EXPECT_EQ(judge_attempt(reply(503, "2"), 2, 0, kAt).wait, seconds(90)) << "never sooner";
  EXPECT_EQ(judge_attempt(reply(500, "120"), 0, 0, kAt).wait, seconds(10));
  EXPECT_EQ(retry_after("Fri, 20 Nov 2026 08:01:41 GMT", kAt), seconds(60));
  EXPECT_EQ(retry_after("Fri, 20 Nov 2026 07:01:41 GMT", kAt), seconds(0));
  for (const char* bad : {"", "soon", "-5", "1.5", "5 minutes", "Fri, 20 Nov 2026",
                          "Fri, 20 Nov 2026 08:01:41 GMT+1"}) {
    EXPECT_EQ(retry_after(bad, kAt), seconds(0)) << bad;
  }
  EXPECT_EQ(retry_after("99999999999999999999", kAt), seconds(0));
  EXPECT_EQ(retry_after("999999999999", kAt), seconds(3600));
}

TEST(WebhookCallTest, WhatFailsOnAndOnIsLeftAloneForAWhile) {
  EXPECT_EQ(rest_after(0), seconds(0));
  EXPECT_EQ(rest_after(9), seconds(0));
  EXPECT_EQ(rest_after(10), seconds(1));
  EXPECT_EQ(rest_after(12), seconds(4));
  EXPECT_EQ(rest_after(15), seconds(30));
  EXPECT_EQ(rest_after(100'000), seconds(30));
}

TEST(WebhookCallTest, AnswersAreShownAsPlainText) {
  EXPECT_EQ(shown_answer(std::string("ok \x00\x1b[31m\xc3\xa9\n", 12)), "ok ..[31m...");
  EXPECT_EQ(shown_answer(" ~\x7f"), " ~.");
}

}  // namespace webhook_call_test
}  // namespace dundun
