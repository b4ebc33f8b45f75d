// What a message costs, what a top-up is for, and how money is converted between them.
#include "common/sending/price.h"

#include <gtest/gtest.h>

#include "handlers/account/topup_amount.h"

namespace dundun {
namespace price_test {

constexpr FxRate kUsd = 1'000'000;
constexpr FxRate kKes = 129'130'000;
constexpr FxRate kUgx = 3'726'000'000;

class PriceTest : public testing::Test {
 protected:
  PriceTest() {
    snapshot_.fx = {{"USD", kUsd}, {"KES", kKes}, {"UGX", kUgx}};
    route_.code = "ESMS_UG";
    route_.currency = "UGX";
    route_.price_micros = 35'000'000;
  }
  static SegmentCount segments(int count) { return {Encoding::kGsm7, count, count * 153}; }

  Snapshot snapshot_;
  Route route_;
};

TEST_F(PriceTest, EachSegmentCostsAndTheSumIsRoundedOnce) {
  const auto one = price_message(route_, segments(1), kUgx, kKes);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->route_cost, 35'000'000);
  EXPECT_EQ(one->wallet_cost, 1'213'000);  // 35 * 129.13 / 3726 = 1.21298…
  const auto three = price_message(route_, segments(3), kUgx, kKes);
  EXPECT_EQ(three->segments, 3);
  EXPECT_EQ(three->route_cost, 105'000'000);
  EXPECT_EQ(three->wallet_cost, 3'638'900);  // 3.63894…, not three times 1.2130
  EXPECT_EQ(price_message(route_, segments(10), kUgx, kKes)->segments, 10);
  const auto eleven = price_message(route_, segments(11), kUgx, kKes);
  ASSERT_FALSE(eleven);
  EXPECT_EQ(eleven.error().code, ErrorCode::kTextTooLong);
}

TEST_F(PriceTest, ItNeedsBothRates) {
  const auto price = price_over(route_, segments(1), "KES", snapshot_);
  ASSERT_TRUE(price);
  EXPECT_EQ(price->quote.wallet_cost, 1'213'000);
  EXPECT_EQ(price->fx_note, "UGX 3726.00, KES 129.13 per USD");
  EXPECT_EQ(price_over(route_, segments(1), "UGX", snapshot_)->fx_note, "");
  for (const char* missing : {"KES", "UGX"}) {
    snapshot_.fx = {{"USD", kUsd}, {"KES", kKes}, {"UGX", kUgx}};
    snapshot_.fx.erase(missing);
    const auto refused = price_over(route_, segments(1), "KES", snapshot_);
    ASSERT_FALSE(refused) << missing;
    EXPECT_EQ(refused.error().code, ErrorCode::kNoRoute) << missing;
  }
}

TEST_F(PriceTest, WhatCannotBeConvertedIsAnError) {
  EXPECT_FALSE(convert(1, 0, kKes));
  EXPECT_FALSE(convert(1, kKes, 0));
  EXPECT_FALSE(convert(1, -1, kKes));
  EXPECT_FALSE(convert(1, kKes, -1));
  EXPECT_FALSE(convert(INT64_MAX, INT64_MAX, INT64_MAX)) << "it would not fit on the way";
  EXPECT_FALSE(convert(INT64_MAX / 2, 1, 3)) << "it would not fit in the end";
  EXPECT_EQ(*convert(149, 1, 1), 100);
  EXPECT_EQ(*convert(150, 1, 1), 200) << "half up";
  EXPECT_EQ(*convert(49, 1, 1), 100) << "never nothing for something";
}

TEST_F(PriceTest, AmountsAreReadAndPrintedToTheLastDigit) {
  EXPECT_EQ(*parse_micros("0.000001"), 1);
  EXPECT_EQ(*parse_micros("-12.5"), -12'500'000);
  EXPECT_EQ(*parse_micros("7"), 7'000'000);
  EXPECT_EQ(*parse_micros("9223372036854.775807"), INT64_MAX);
  for (const char* bad : {"9223372036854.775808", "1.0000000", "1,5", " 1", "1 ", "-", "1.-5"}) {
    EXPECT_FALSE(parse_micros(bad)) << bad;
  }
  EXPECT_EQ(format_micros(1'500'000, 0), "1.5");
  EXPECT_EQ(format_micros(1'500'000, 1), "1.5");
  EXPECT_EQ(format_micros(1'500'000, 2), "1.50");
  EXPECT_EQ(format_micros(1'000'000, 0), "1");
  EXPECT_EQ(format_micros(1'000'000, 6), "1.000000");
}

class TopupTest : public PriceTest {
 protected:
  Result<Micros> amount(const std::string& body, const char* currency = "KES") const {
    return topup_amount(body, currency, snapshot_, config_);
  }
  // The field that is wrong.
  std::string wrong_field(const std::string& body) const {
    const auto refused = amount(body);
    if (refused) return "none";
    for (const char* field : {"amount", "currency"}) {
      if (refused.error().extra.find(field) != std::string::npos) return field;
    }
    return "another";
  }
  PaymentConfig config_;
};

TEST_F(TopupTest, WithoutAnAmountItIsTheUsualOneInWholeUnits) {
  EXPECT_EQ(*amount(""), 2'583'000'000);  // 20 USD are 2582.60
  EXPECT_EQ(*amount("{}"), 2'583'000'000);
  EXPECT_EQ(*amount(R"({"currency": "KES"})"), 2'583'000'000);
  EXPECT_EQ(*amount("", "USD"), 20'000'000);
}

TEST_F(TopupTest, TheLimitsAreConvertedAndCount) {
  snapshot_.fx["KES"] = 129'131'000;  // 1 USD is 129.131: rounded up to a cent
  EXPECT_EQ(*amount(R"({"amount": 129.14})"), 129'140'000);
  EXPECT_EQ(wrong_field(R"({"amount": 129.13})"), "amount");
  EXPECT_EQ(*amount(R"({"amount": 1291310})"), 1'291'310'000'000);
  EXPECT_EQ(wrong_field(R"({"amount": 1291310.01})"), "amount");
  EXPECT_EQ(wrong_field(R"({"amount": -500})"), "amount");
  EXPECT_EQ(wrong_field(R"({"amount": 0})"), "amount");
}

TEST_F(TopupTest, AnAmountHasTwoDecimalsAndTheWalletsCurrency) {
  EXPECT_EQ(*amount(R"({"amount": "500.25", "currency": "KES"})"), 500'250'000);
  EXPECT_EQ(wrong_field(R"({"amount": 500.255})"), "amount");
  EXPECT_EQ(wrong_field(R"({"amount": 500.000001})"), "amount");
  EXPECT_EQ(wrong_field(R"({"amount": 500, "currency": "UGX"})"), "currency");
  EXPECT_EQ(wrong_field(R"({"currency": "kes"})"), "none");
  EXPECT_FALSE(amount("[]"));
  EXPECT_FALSE(amount("no json"));
}

TEST_F(TopupTest, AnAmountHasTheDecimalsOfItsCurrency) {
  EXPECT_EQ(currency_digits("UGX"), 0);
  EXPECT_EQ(currency_digits("KES"), 2);
  EXPECT_EQ(currency_digits("TND"), 3);
  for (const char* whole : {"RWF", "XOF", "XAF", "BIF", "DJF", "GNF", "KMF"}) {
    EXPECT_EQ(currency_digits(whole), 0) << whole;
  }
  EXPECT_EQ(*amount(R"({"amount": 40000})", "UGX"), 40'000'000'000);
  EXPECT_EQ(*amount(R"({"amount": 40000.00})", "UGX"), 40'000'000'000);
  const auto finer = amount(R"({"amount": 40000.55})", "UGX");
  ASSERT_FALSE(finer);
  EXPECT_EQ(finer.error().message,
            "amount: ensure that there are no more than 0 decimal places, as UGX has");
  EXPECT_EQ(*amount("", "UGX") % 1'000'000, 0);
}

TEST_F(TopupTest, WithoutARateThereIsNone) {
  const auto refused = amount("", "TZS");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  snapshot_.fx.erase("USD");
  EXPECT_FALSE(amount(""));
}

}  // namespace price_test
}  // namespace dundun
