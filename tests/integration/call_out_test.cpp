// A payment provider hangs: who asks for a checkout waits, then is refused; nobody else notices.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace call_out_test {

TEST(CallOutTest, AHostThatHangsHoldsUpOnlyThoseWhoNeedIt) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  HttpStandIn provider([released](const auto&) {
    released.wait();
    return HttpStandIn::Reply{
        200, R"({"status":"success","data":{"link":"https://checkout.test/pay"}})", ""};
  });
  Service service(Stack::shared().fresh_database(),
                  {.messages_workers = 1,
                   .environment = {{"WORKER_THREADS", "2"},
                                   {"CALL_OUT_THREADS", "1"},
                                   {"CALL_OUT_QUEUE_MAX", "4"},
                                   {"PAYMENT_PROVIDER", "flutterwave"},
                                   {"PAYMENT_SECRET", "a secret for tests only"},
                                   {"PAYMENT_TIMEOUT_MS", "60000"},
                                   {"PUBLIC_URL", "http://pay.test"},
                                   {"FLUTTERWAVE_BASE_URL", provider.url() + "/v3"},
                                   {"FLUTTERWAVE_SECRET_KEY", "FLWSECK_TEST-1"},
                                   {"FLUTTERWAVE_SECRET_HASH", "the webhook's hash"},
                                   {"FLUTTERWAVE_CUSTOMER_EMAIL", "billing@pay.test"}}});
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  const auto ask = [&] {
    return service.client().post(key, "/api/balance/topup", R"({"amount":500})");
  };
  // One that waits for the provider, then four that wait for its thread; a sixth is refused.
  std::vector<std::future<HttpAnswer>> open;
  open.push_back(std::async(std::launch::async, ask));
  ASSERT_TRUE(wait_until([&] { return !provider.seen().empty(); }));
  for (int i = 0; i < 5; ++i) open.push_back(std::async(std::launch::async, ask));
  const auto is_over = [](std::future<HttpAnswer>& one) {
    return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  ASSERT_TRUE(wait_until([&] { return std::ranges::any_of(open, is_over); }));
  const HttpAnswer balance = service.client().get(key, "/api/balance");
  EXPECT_EQ(balance.status, 200) << balance.body;
  EXPECT_EQ(std::ranges::count_if(open, is_over), 1);
  EXPECT_EQ(provider.seen().size(), 1u);

  release.set_value();
  int taken = 0;
  for (std::future<HttpAnswer>& one : open) {
    HttpAnswer answer = one.get();
    taken += answer.status == 200;
    if (answer.status == 200) continue;
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_FALSE(answer.headers["retry-after"].empty());
  }
  EXPECT_EQ(taken, 5);
}

}  // namespace call_out_test
}  // namespace dundun
