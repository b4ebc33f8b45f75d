// Numbers in E.164.
#include "common/sms/msisdn.h"

#include <gtest/gtest.h>

#include "tests/support/cases.h"

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
  EXPECT_EQ(Msisdn::parse("+3758800123456")->e164(), "+375800123456");
  EXPECT_EQ(Msisdn::parse("+375800123456")->e164(), "+375800123456");
  // Whatever is taken is what libphonenumber, which is slower, makes of it.
  uint32_t state = 7;
  const auto digit = [&state] {
    state = state * 1664525 + 1013904223;
    return static_cast<char>('0' + (state >> 16) % 10);
  };
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 4 == 0 ? "+5255" : i % 4 == 1 ? "+3758" : "+";
    while (text.size() < 12 + static_cast<size_t>(i % 3)) text += digit();
    const auto number = Msisdn::parse(text);
    if (!number) continue;
    ++taken;
    EXPECT_EQ(number->e164(), describe_phone(text).e164) << text;
  }
  EXPECT_GT(taken, 100);
}

TEST(MsisdnTest, ReadsWhatPeopleWrite) {
  for (const Case& one : cases_of("outside/numbers.txt")) {
    const PhoneFacts facts = describe_phone(unescaped(one[0]));
    EXPECT_EQ(facts.valid ? std::string_view(facts.e164) : facts.reason, one[1]) << one[0];
  }
}

TEST(MsisdnTest, AnErrorNamesTheValueAndTheReason) {
  const std::pair<const char*, const char*> cases[] = {{"", "not_a_number"},
                                                       {"\xff", "not_a_number"},
                                                       {"0712345678", "no_country_code"},
                                                       {"+027821234567", "no_country_code"},
                                                       {"+2547", "too_short"},
                                                       {"+999999999999999999", "no_country_code"},
                                                       {"+254712345678901234", "too_long"},
                                                       {"+254000000000", "not_in_numbering_plan"},
                                                       {"+80012345678", "no_country"},
                                                       {"2.54712E+11", "spreadsheet_number"}};
  for (const auto& [text, reason] : cases) {
    const auto number = Msisdn::parse(text);
    ASSERT_FALSE(number) << text;
    EXPECT_EQ(number.error().code, ErrorCode::kInvalidPhone) << text;
    EXPECT_EQ(number.error().extra, "\"reason\":\"" + std::string(reason) + "\"") << text;
    EXPECT_EQ(number_fault_name(*number_fault(text)), reason) << text;
  }
  EXPECT_EQ(Msisdn::parse("0712345678").error().message,
            "'0712345678' has no country code that exists. Write it with + and its country code, "
            "such as +254712345678.");
  const std::string message =
      Msisdn::parse(std::string(39, 'x') + "\u00e9 and more").error().message;
  EXPECT_EQ(message.find("'" + std::string(39, 'x') + "…' is not a phone number"), 0u) << message;
  EXPECT_EQ(number_fault("+254712345678"), std::nullopt);
}

TEST(MsisdnTest, AZeroInBracketsIsNotDialled) {
  EXPECT_EQ(Msisdn::parse("+237 (0)671 234 567")->e164(), "+237671234567") << "which has none";
  EXPECT_EQ(Msisdn::parse("+44 (0)7400 123456")->e164(), "+447400123456");
  EXPECT_FALSE(Msisdn::parse("(0)254712345678")) << "no country code begins with it";
}

TEST(MsisdnTest, GroupsBehindMarks) {
  EXPECT_NE(number_fault("712.000"), NumberFault::kSpreadsheet) << "a part of a phone number";
  EXPECT_EQ(number_fault("7120000.000"), NumberFault::kSpreadsheet);
  EXPECT_EQ(number_fault("25671234567/8"), NumberFault::kNotANumber) << "the end of another number";
}

TEST(MsisdnTest, NationalFormsNeedACountry) {
  const auto in = [](const char* country, const char* text) {
    const auto number = Msisdn::parse_in(country, text);
    return number ? number->e164() : "<" + number.error().extra + ">";
  };
  for (const char* text : {"0716000004", "716000004", "254716000004", "+254716000004",
                           "tel:0716000004", "(0)716-000-004", "\u202a0716 000 004\u202c"}) {
    EXPECT_EQ(in("KE", text), "+254716000004") << text;
  }
  EXPECT_EQ(in("UG", "254716000004"), "+254716000004");
  EXPECT_EQ(in("UG", "0772000004"), "+256772000004");
  EXPECT_EQ(in("US", "2025550123"), "+12025550123") << "a national form before another's code";
  EXPECT_EQ(in("US", "2042345678"), "+12042345678") << "of Canada, which shares the code";
  EXPECT_EQ(in("CI", "0707123456"), "+2250707123456");
  EXPECT_EQ(in("KE", "20880"), "<\"reason\":\"no_country_code\">");
  EXPECT_EQ(in("KE", "071 abc"), "<\"reason\":\"not_a_number\">");
  EXPECT_EQ(in("XX", "0716000004"), "<\"reason\":\"no_country_code\">");
}

TEST(MsisdnTest, WhatIsLookedForIsInTheCanonicalForm) {
  EXPECT_EQ(number_to_find(" 256700000111"), "+256700000111");
  EXPECT_EQ(number_to_find("+256 (0)700 000 111"), "+256700000111");
  EXPECT_EQ(number_to_find("+123456789012345"), "+123456789012345");
  EXPECT_EQ(number_to_find("1"), "+1");
  for (const char* bad : {"", "+", " ", "25+6", "++256", "abc", "1234567890123456"}) {
    EXPECT_EQ(number_to_find(bad), std::nullopt) << bad;
  }
}

TEST(MsisdnTest, ALogShowsNoFullNumber) {
  EXPECT_EQ(mask_msisdn("+254712345678"), "+2547******78");
  EXPECT_EQ(mask_msisdn("12345"), "*****");
}

}  // namespace msisdn_test
}  // namespace dundun
