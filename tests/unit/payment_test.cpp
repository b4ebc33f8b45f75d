#include <gtest/gtest.h>

#include "common/io/json.h"
#include "common/pay/provider.h"
#include "common/pay/reference.h"

namespace dundun {
namespace payment_test {

TEST(PaymentReferenceTest, ReadsBackWhatItSignedAndNothingElse) {
  const PaymentName name{42, new_uuid7()};
  const std::string text = payment_reference(name, "secret");
  const auto read = parse_payment_reference(text, "secret");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->account_id, 42);
  EXPECT_EQ(read->payment_id, name.payment_id);
  EXPECT_FALSE(parse_payment_reference(text, "Secret"));
  EXPECT_FALSE(parse_payment_reference("4" + text, "secret")) << "another account";
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == '7' ? '8' : '7';
    EXPECT_FALSE(parse_payment_reference(changed, "secret")) << i;
    EXPECT_FALSE(parse_payment_reference(text.substr(0, i), "secret")) << i;
  }
  for (const char* junk : {"", "-", "--", "---", "1-2-3", "99999999999999999999-0-0"}) {
    EXPECT_FALSE(parse_payment_reference(junk, "secret")) << junk;
  }
}

TEST(PaymentProviderTest, TestMoneyIsAlwaysTheSandboxs) {
  PaymentConfig config;
  EXPECT_EQ(payment_provider_name(config, Environment::kTest), "");
  EXPECT_EQ(make_payment_provider("sandbox", config), nullptr);
  config.provider = "flutterwave";
  EXPECT_EQ(payment_provider_name(config, Environment::kTest), "sandbox");
  EXPECT_EQ(payment_provider_name(config, Environment::kLive), "flutterwave");
  EXPECT_NE(make_payment_provider("sandbox", config), nullptr);
  config.provider = "sandbox";
  EXPECT_EQ(make_payment_provider("flutterwave", config), nullptr);
}

std::optional<Micros> money_in(const std::string& json) {
  auto document = JsonDocument::parse(json);
  return document ? document->root().money() : std::nullopt;
}

TEST(JsonMoneyTest, DecimalsAreReadAsTheyAreWritten) {
  EXPECT_EQ(money_in("250.5"), 250'500'000);
  EXPECT_EQ(money_in("0.1"), 100'000);
  EXPECT_EQ(money_in("1291300.01"), 1'291'300'010'000);
  EXPECT_EQ(money_in("999999999.999999"), 999'999'999'999'999);
  EXPECT_EQ(money_in("7"), 7'000'000);
  EXPECT_EQ(money_in("-0.000001"), -1);
  EXPECT_EQ(money_in(R"("12.50")"), 12'500'000);
  EXPECT_EQ(money_in("1e2"), 100'000'000);
  EXPECT_EQ(money_in("-1.5E1"), -15'000'000);
  EXPECT_EQ(money_in("1250e-2"), 12'500'000);
  EXPECT_EQ(money_in("1e-6"), 1);
  EXPECT_EQ(money_in("1000000e-12"), 1);
  EXPECT_EQ(money_in("12.5000000000"), 12'500'000);
  EXPECT_EQ(money_in("0.0e5"), 0);
  EXPECT_EQ(money_in("-0"), 0);
  EXPECT_EQ(money_in("-0.0"), 0);
  EXPECT_EQ(money_in("900719925474.099345"), 900719925474099345);  // no double tells it from …344
  EXPECT_EQ(money_in("9223372036854.775807"), 9223372036854775807);
  for (const char* bad : {"0.0000001", "1e300", "1e-7", "1e-300", "12.50000001", "9223372036855",
                          "9223372036854.775808", "9.3e12", R"("1e2")", "null", "true", "[]",
                          R"("")", R"("1,5")", R"("12 ")"}) {
    EXPECT_EQ(money_in(bad), std::nullopt) << bad;
  }
}

}  // namespace payment_test
}  // namespace dundun
