// RingCentral's answers and the carrier's settings.
#include "common/carrier/ringcentral/ringcentral.h"

#include <gtest/gtest.h>

#include "common/carrier/ringcentral/api.h"
#include "common/carrier/ringcentral/number_pace.h"

namespace dundun {
namespace ringcentral_test {

using Kind = SubmitOutcome::Kind;

TEST(RingCentral, AnAnswerSaysWhatBecameOfTheMessage) {
  const auto taken = ringcentral_outcome(200, R"({"id":3062991514017,"messageStatus":"Sent"})", 0);
  EXPECT_EQ(taken.kind, Kind::kAccepted);
  EXPECT_EQ(taken.carrier_message_id, "3062991514017");
  ASSERT_EQ(taken.receipts.size(), 1u);
  EXPECT_EQ(taken.receipts[0].word, "ACCEPTD");
  EXPECT_EQ(ringcentral_outcome(200, R"({"id":"7"})", 0).carrier_message_id, "7");
  // Nobody knows: never again.
  for (const char* body : {"", "{}", "[]", R"({"id":null})", "<html>"}) {
    EXPECT_EQ(ringcentral_outcome(200, body, 0).kind, Kind::kUnknown) << body;
  }
  for (const int status : {302, 408, 500, 502, 503, 504}) {
    EXPECT_EQ(ringcentral_outcome(status, "{}", 0).kind, Kind::kUnknown) << status;
  }
  // Certainly not taken.
  EXPECT_EQ(ringcentral_outcome(401, "{}", 0).kind, Kind::kRetryLater);
  const auto throttled = ringcentral_outcome(429, "{}", 60);
  EXPECT_EQ(throttled.kind, Kind::kRetryLater);
  EXPECT_EQ(throttled.retry_after, std::chrono::seconds(60));
  EXPECT_EQ(ringcentral_outcome(429, "{}", 0).retry_after, std::chrono::seconds(30));
  const char* away = R"({"errorCode":"MSG-290","message":"Messaging is not available"})";
  EXPECT_EQ(ringcentral_outcome(503, away, 0).kind, Kind::kRetryLater);
  const auto refused = ringcentral_outcome(403, R"({"message":"No SMS here"})", 0);
  EXPECT_EQ(refused.kind, Kind::kRefused);
  EXPECT_EQ(refused.error_message, "No SMS here");
}

// The penalty begins anew with each question, so nobody asks within it.
TEST(RingCentral, APenaltyHoldsTheUser) {
  using std::chrono::seconds;
  HttpReply reply;
  reply.status = 429;
  EXPECT_EQ(ringcentral_hold(reply), seconds(30));
  reply.retry_after_s = 70;
  EXPECT_EQ(ringcentral_hold(reply), seconds(70));
  reply.retry_after_s = 1'000'000;
  EXPECT_EQ(ringcentral_hold(reply), seconds(3600));
  reply = {.status = 200, .body = "", .retry_after_s = 0, .headers = {}};
  EXPECT_EQ(ringcentral_hold(reply), seconds(0));
  reply.headers = {{"x-rate-limit-remaining", "1"}, {"x-rate-limit-window", "60"}};
  EXPECT_EQ(ringcentral_hold(reply), seconds(0));
  reply.headers = {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-window", "60"}};
  EXPECT_EQ(ringcentral_hold(reply), seconds(60));
  reply.headers = {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-window", "x"}};
  EXPECT_EQ(ringcentral_hold(reply), seconds(0));
}

// A mistyped secret must not end the connection of every tenant.
TEST(RingCentral, OnlyAnInvalidGrantIsTheUsers) {
  const std::pair<int, const char*> of_the_user[] = {
      {400, R"({"error":"invalid_grant","error_description":"Token is not active"})"},
      {401, R"({"error":"invalid_grant","errors":[{"errorCode":"OAU-213","message":"x"}]})"}};
  for (const auto& [status, body] : of_the_user) {
    EXPECT_EQ(ringcentral_grant_refusal({status, body}).code, ErrorCode::kExpiredToken) << body;
  }
  const std::pair<int, const char*> of_the_client[] = {
      {401, R"({"error":"invalid_client"})"},
      {400, R"({"error":"invalid_client","errors":[{"errorCode":"OAU-123","message":"x"}]})"},
      {400, R"({"error":"unauthorized_client"})"},
      {400, R"({"errorCode":"OAU-120","message":"Wrong application"})"},
      {400, R"({"errors":[{"errorCode":"OAU-146","message":"header"}]})"},
      {401, "<html>"},
      {403, "{}"}};
  for (const auto& [status, body] : of_the_client) {
    EXPECT_EQ(ringcentral_grant_refusal({status, body}).code, ErrorCode::kUnavailable) << body;
  }
  EXPECT_EQ(ringcentral_grant_refusal({400, R"({"error":"invalid_request"})"}).code,
            ErrorCode::kInvalidRequest);
  EXPECT_EQ(ringcentral_grant_refusal({503, "{}"}).code, ErrorCode::kUnavailable);
}

TEST(RingCentral, ItsWordsAreKeptShortAndPrintable) {
  EXPECT_EQ(ringcentral_error_text(R"({"message":"a","errors":[{"message":"b"}]})"), "b");
  EXPECT_EQ(ringcentral_error_text(R"({"error":"invalid_grant"})"), "invalid_grant");
  EXPECT_EQ(ringcentral_error_text(R"({"message":"a\u0007\nb"})"), "ab");
  EXPECT_EQ(ringcentral_error_text("{\"message\":\"" + std::string(500, 'x') + "\"}").size(), 200u);
  for (const char* body : {"", "[]", R"({"errors":[7]})", R"({"message":7})"}) {
    EXPECT_EQ(ringcentral_error_text(body), "RingCentral refused it.") << body;
  }
}

TEST(RingCentral, WithoutRedisAProcessKeepsToItsShareOfANumbersMinute) {
  Config config;
  config.redis_url = "unix:/nowhere/redis.sock";
  config.pace_share = 4;
  NumberPace pace(config, 40);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(pace.reserve("+1", new_uuid7()).count(), 0) << i;
  EXPECT_EQ(pace.reserve("+1", new_uuid7()), std::chrono::seconds(5));
  EXPECT_EQ(pace.reserve("+2", new_uuid7()).count(), 0);
}

TEST(RingCentral, StatusesAreReceiptsWords) {
  EXPECT_EQ(ringcentral_word("Queued"), "ACCEPTD");
  EXPECT_EQ(ringcentral_word("Delivered"), "DELIVRD");
  EXPECT_EQ(ringcentral_word("SendingFailed"), "REJECTD");
  EXPECT_EQ(ringcentral_word("DeliveryFailed"), "UNDELIV");
  EXPECT_EQ(ringcentral_word("Received"), "");
}

TEST(RingCentral, SettingsNameWhatIsWrong) {
  const CarrierSecrets secrets{{"client_id", "a"}, {"client_secret", "b"}};
  const auto why = [&](const char* text) {
    const auto settings = read_ringcentral_settings("rc", text, secrets);
    return settings ? std::string() : settings.error().message;
  };
  const auto good =
      read_ringcentral_settings("rc", R"({"public_url":"https://sms.example.com/"})", secrets);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->server_url, "https://platform.ringcentral.com");
  EXPECT_EQ(good->callback_url(), "https://sms.example.com/v1/rc/callback");
  EXPECT_EQ(good->messages_per_minute, 40);
  EXPECT_EQ(why(R"({"public_url":"http://127.0.0.1:8080"})"), "");
  EXPECT_EQ(why(R"({"public_url":"http://localhost:8080"})"), "");
  for (const char* url : {"http://sms.example.com", "http://127.0.0.1.evil.com",
                          "http://localhost.evil.com", "https://", "x"}) {
    const std::string text = R"({"public_url":")" + std::string(url) + "\"}";
    EXPECT_EQ(why(text.c_str()), "public_url must begin with https://") << url;
  }
  EXPECT_NE(why("{}"), "");
  EXPECT_EQ(why(R"({"public_url":"https://a","messages_per_minute":0})"),
            "messages_per_minute is out of range.");
  const auto none = read_ringcentral_settings("rc", R"({"public_url":"https://a"})", {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "client_id is not in the carrier's file.");
}

TEST(RingCentral, TheWayToItNamesTheClientAndTheChallenge) {
  const CarrierSecrets secrets{{"client_id", "a b"}, {"client_secret", "c"}};
  const auto settings =
      read_ringcentral_settings("rc", R"({"public_url":"https://sms.example.com"})", secrets);
  ASSERT_TRUE(settings);
  EXPECT_EQ(
      RingCentralApi(*settings).authorize_url("s", "c_-"),
      "https://platform.ringcentral.com/restapi/oauth/authorize?response_type=code&"
      "client_id=a%20b&redirect_uri=https%3a%2f%2fsms.example.com%2fv1%2frc%2fcallback&state=s&"
      "code_challenge=c_-&code_challenge_method=S256");
}

}  // namespace ringcentral_test
}  // namespace dundun
