// Money as text, and from one currency to another.
#include "common/base/money.h"

#include <gtest/gtest.h>

#include <random>

namespace dundun {
namespace money_test {

TEST(MoneyTest, PrintsAndReadsExactly) {
  EXPECT_EQ(format_micros(1'202'200, 2), "1.2022");
  EXPECT_EQ(format_micros(35'000'000, 2), "35.00");
  EXPECT_EQ(format_micros(-940'000, 2), "-0.94");
  EXPECT_EQ(format_micros(1, 0), "0.000001");
  EXPECT_EQ(format_micros(0, 0), "0");
  EXPECT_EQ(format_micros(INT64_MIN, 2), "-9223372036854.775808");
  EXPECT_EQ(*parse_micros("1.2022"), 1'202'200);
  EXPECT_EQ(*parse_micros("-0.5"), -500'000);
  for (const char* bad : {"", "1.", ".5", "1.0000001", "1e3", "--1", "99999999999999999999"}) {
    EXPECT_FALSE(parse_micros(bad)) << bad;
  }
}

TEST(MoneyTest, ConvertsThroughUsdWithOneRounding) {
  constexpr FxRate kUgx = 3'726'000'000;
  constexpr FxRate kKes = 129'130'000;
  EXPECT_EQ(*convert(35'000'000, kUgx, kKes), 1'213'000);
  EXPECT_EQ(*convert(1'200'000, kKes, kKes), 1'200'000);
  EXPECT_EQ(*convert(1, kUgx, kKes), 100) << "the least charge is 0.0001";
  EXPECT_EQ(*convert(0, kUgx, kKes), 0);
  EXPECT_FALSE(convert(-1, kUgx, kKes));
  EXPECT_FALSE(convert(INT64_MAX, 1, INT64_MAX));
}

// The same by long division on decimal digits: no 128-bit arithmetic, no shortcut.
Micros reference_convert(uint64_t amount, uint64_t from, uint64_t to) {
  std::vector<int> digits;  // amount * to, least digit first
  for (uint64_t a = amount; a > 0; a /= 10) digits.push_back(static_cast<int>(a % 10));
  std::vector<uint64_t> product(digits.size() + 20, 0);
  for (size_t i = 0; i < digits.size(); ++i) {
    size_t place = i;
    for (uint64_t t = to; t > 0; t /= 10) {
      product[place++] += static_cast<uint64_t>(digits[i]) * (t % 10);
    }
  }
  for (size_t i = 0; i + 1 < product.size(); ++i) {
    product[i + 1] += product[i] / 10;
    product[i] %= 10;
  }
  const uint64_t divisor = from * 100;
  uint64_t remainder = 0;
  uint64_t quotient = 0;
  for (size_t i = product.size(); i-- > 0;) {
    remainder = remainder * 10 + product[i];
    quotient = quotient * 10 + remainder / divisor;
    remainder %= divisor;
  }
  if (remainder * 2 >= divisor) ++quotient;
  if (quotient == 0 && amount > 0) quotient = 1;
  return static_cast<Micros>(quotient * 100);
}

TEST(MoneyTest, AMillionRandomConversionsEqualLongDivision) {
  std::mt19937_64 random(24);
  for (int i = 0; i < 1'000'000; ++i) {
    const uint64_t amount = random() % 10'000'000'000;
    const uint64_t from = 10'000 + random() % 5'000'000'000;
    const uint64_t to = 10'000 + random() % 5'000'000'000;
    auto converted =
        convert(static_cast<Micros>(amount), static_cast<FxRate>(from), static_cast<FxRate>(to));
    ASSERT_TRUE(converted);
    ASSERT_EQ(*converted, reference_convert(amount, from, to))
        << amount << " " << from << " " << to;
  }
}

}  // namespace money_test
}  // namespace dundun
