// Outgoing HTTP against a stand-in on loopback: its limits hold.
#include <gtest/gtest.h>

#include <future>

#include "common/io/http_client.h"
#include "tests/support/http_stand_in.h"

namespace dundun {
namespace http_call_test {

using std::chrono::milliseconds;

TEST(HttpCallTest, ARequestArrivesWholeAndTheAnswerComesBack) {
  HttpStandIn server([](const auto&) { return HttpStandIn::Reply{201, "made", ""}; });
  HttpCall call;
  call.method = "POST";
  call.url = server.url() + "/hook?a=1";
  call.headers = {{"X-Mark", "seven"}, {"Content-Type", "application/json"}};
  call.body = std::string(100'000, 'x');
  const auto reply = http_call(call);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->body, "made");
  const HttpStandIn::Seen seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/hook?a=1");
  EXPECT_EQ(seen.headers.at("x-mark"), "seven");
  EXPECT_EQ(seen.body, call.body);
}

TEST(HttpCallTest, ARedirectIsAnAnswerAndNotFollowed) {
  HttpStandIn server([](const auto&) {
    return HttpStandIn::Reply{302, "", "Location: /elsewhere\r\n"};
  });
  HttpCall call;
  call.url = server.url();
  const auto reply = http_call(call);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST(HttpCallTest, AnAnswerThatIsTooLargeIsNone) {
  HttpStandIn server([](const auto&) { return HttpStandIn::Reply{200, "0123456789", ""}; });
  HttpCall call;
  call.url = server.url();
  call.answer_bytes_max = 9;
  EXPECT_EQ(http_call(call).error().code, ErrorCode::kUnavailable);
  call.answer_bytes_max = 10;
  EXPECT_TRUE(http_call(call));
}

TEST(HttpCallTest, TheDeadlineEndsACallThatHangs) {
  std::promise<void> go;
  const std::shared_future<void> going = go.get_future().share();
  HttpStandIn server([going](const auto&) {
    going.wait_for(std::chrono::seconds(20));
    return HttpStandIn::Reply{};
  });
  HttpCall call;
  call.url = server.url();
  call.timeout = milliseconds(200);
  const auto reply = http_call(call);
  go.set_value();
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
}

TEST(HttpCallTest, OnlyHttpIsSpokenAndHeadersHoldNoLineBreak) {
  HttpCall call;
  for (const char* url : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/x", ""}) {
    call.url = url;
    EXPECT_EQ(http_call(call).error().code, ErrorCode::kInvalidRequest) << url;
  }
  HttpStandIn server([](const auto&) { return HttpStandIn::Reply{}; });
  call.url = server.url();
  call.headers = {{"X-Mark", "a\r\nX-Other: b"}};
  EXPECT_EQ(http_call(call).error().code, ErrorCode::kInvalidRequest);
  EXPECT_TRUE(server.seen().empty());
}

}  // namespace http_call_test
}  // namespace dundun
