#include "handlers/account/sms_estimate.h"

#include <gtest/gtest.h>

namespace dundun {
namespace sms_estimate_test {

Route route(const std::string& country, const std::string& currency, Micros price) {
  Route made;
  made.code = "ESMS_" + country;
  made.country = country;
  made.currency = currency;
  made.price_micros = price;
  return made;
}

struct Prices {
  Snapshot snapshot;
  Prices() {
    snapshot.routes = {route("KE", "KES", 1'200'000), route("UG", "UGX", 35'000'000),
                       route("ZW", "ZIG", 16'000'000)};
    snapshot.fx = {{"USD", 1'000'000},
                   {"KES", 129'130'000},
                   {"UGX", 3'726'000'000},
                   {"ZIG", 26'000'000},
                   {"GHS", 11'000'000}};
  }
};

TEST(SmsEstimateTest, TheHomeRouteCountsAndSegmentsAreWhole) {
  const Prices prices;
  EXPECT_EQ(sms_estimate(1'200'000, "KES", prices.snapshot), 1);
  EXPECT_EQ(sms_estimate(1'199'999, "KES", prices.snapshot), 0);
  EXPECT_EQ(sms_estimate(1'000'000'000, "KES", prices.snapshot), 833);
  EXPECT_EQ(sms_estimate(350'000'000, "UGX", prices.snapshot), 10);
  EXPECT_EQ(sms_estimate(32'000'000, "ZIG", prices.snapshot), 2);
}

TEST(SmsEstimateTest, WithoutAHomeRouteTheCheapestActiveOneCounts) {
  Prices prices;
  // KE: 1.2 / 129.13 = 0.0093 USD; UG: 35 / 3726 = 0.0094 USD.
  EXPECT_EQ(sms_estimate(930'000, "USD", prices.snapshot), 100);
  prices.snapshot.routes[0].active = false;
  EXPECT_EQ(sms_estimate(940'000, "USD", prices.snapshot), 100);
  // Home is there, but sleeps.
  EXPECT_EQ(sms_estimate(1'213'000, "KES", prices.snapshot), 1);
}

TEST(SmsEstimateTest, NothingIsSaidWithoutAPrice) {
  Prices prices;
  EXPECT_EQ(sms_estimate(1'000'000, "RWF", prices.snapshot), std::nullopt);
  prices.snapshot.routes.clear();
  EXPECT_EQ(sms_estimate(1'000'000, "KES", prices.snapshot), std::nullopt);
}

}  // namespace sms_estimate_test
}  // namespace dundun
