// Numbers in E.164.
#include "common/sms/msisdn.h"

#include <gtest/gtest.h>

namespace dundun {
namespace msisdn_test {

TEST(MsisdnTest, AcceptsValidNumbersAndKnowsTheirCountry) {
  const std::pair<const char*, const char*> cases[] = {
      {"+254712345678", "KE"}, {"+256712345678", "UG"}, {"+255712345678", "TZ"},
      {"+233241234567", "GH"}, {"+12025550123", "US"},  {"+390612345678", "IT"}};
  for (const auto& [text, country] : cases) {
    auto number = Msisdn::parse(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->country(), country);
    EXPECT_EQ(number->e164(), text);
  }
}

TEST(MsisdnTest, ANumberHasOneForm) {
  EXPECT_EQ(Msisdn::parse("+5215512345678")->e164(), "+525512345678");
  EXPECT_EQ(Msisdn::parse("+525512345678")->e164(), "+525512345678");
  // Whatever is taken is what libphonenumber, which is slower, makes of it.
  uint32_t state = 7;
  const auto digit = [&state] {
    state = state * 1664525 + 1013904223;
    return static_cast<char>('0' + (state >> 16) % 10);
  };
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 4 == 0 ? "+521" : i % 4 == 1 ? "+3758" : "+";
    while (text.size() < 12 + static_cast<size_t>(i % 3)) text += digit();
    const auto number = Msisdn::parse(text);
    if (!number) continue;
    ++taken;
    EXPECT_EQ(number->e164(), describe_phone(text).e164) << text;
  }
  EXPECT_GT(taken, 100);
}

TEST(MsisdnTest, RejectsWhatNoOperatorCanReach) {
  for (const char* text : {"",
                           "+",
                           "123",
                           "+2547",
                           "hello",
                           "0712345678",
                           "254712345678",
                           "+254 712 345 678",
                           "+254-712345678",
                           "+999999999999999999",
                           "+000000000",
                           "+2547123456789012",
                           "+254712345678\n",
                           "＋254712345678",
                           "+027821234567",
                           "+0278212345678",
                           "+00254712345678",
                           "+0254712345678",
                           "+012025550123",
                           "+0012025550123",
                           "+0",
                           "+00000000000000"}) {
    auto number = Msisdn::parse(text);
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().code, ErrorCode::kInvalidPhone) << text;
  }
}

TEST(MsisdnTest, ALogShowsNoFullNumber) {
  EXPECT_EQ(mask_msisdn("+254712345678"), "+2547******78");
  EXPECT_EQ(mask_msisdn("12345"), "*****");
}

}  // namespace msisdn_test
}  // namespace dundun
