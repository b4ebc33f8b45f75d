#include <gtest/gtest.h>

#include "common/io/json.h"
#include "common/sms/msisdn.h"

namespace dundun {
namespace phone_facts_test {

TEST(PhoneFactsTest, EveryWrittenFormWithACountryCodeIsUnderstood) {
  for (const char* text : {"+254712345678", "+254 712 345-678", "tel:+254712345678",
                           "+254 (0) 712 345678", "00254712345678"}) {
    const PhoneFacts facts = describe_phone(text);
    EXPECT_TRUE(facts.valid) << text;
    EXPECT_EQ(facts.e164, "+254712345678") << text;
    EXPECT_EQ(facts.national_format, "0712 345678") << text;
    EXPECT_EQ(facts.international_format, "+254 712 345678") << text;
    EXPECT_EQ(facts.country, "KE") << text;
  }
}

TEST(PhoneFactsTest, NoCountryCodeBeginsWithNought) {
  for (const char* text : {"+027821234567", "+0 27 82 123 4567", "tel:+0254712345678",
                           "+00254712345678", "00 0 27821234567"}) {
    const PhoneFacts facts = describe_phone(text);
    EXPECT_FALSE(facts.valid) << text;
    EXPECT_EQ(facts.reason, "no_country_code") << text;
  }
}

TEST(PhoneFactsTest, TypesAreThoseOfThePlan) {
  const std::pair<const char*, const char*> cases[] = {{"+254712345678", "mobile"},
                                                       {"+254202012345", "fixed_line"},
                                                       {"+12025550123", "fixed_line_or_mobile"},
                                                       {"+18002530000", "toll_free"}};
  for (const auto& [text, type] : cases) EXPECT_EQ(describe_phone(text).type, type) << text;
}

TEST(PhoneFactsTest, ANumberOfNoCountryHasNone) {
  const PhoneFacts facts = describe_phone("+80012345678");
  EXPECT_TRUE(facts.valid);
  EXPECT_EQ(facts.country, "");
}

TEST(PhoneFactsTest, WhatSendTakesIsValid) {
  for (const char* text : {"+254712345678", "+256700000111", "+33612345678"}) {
    ASSERT_TRUE(Msisdn::parse(text));
    const PhoneFacts facts = describe_phone(text);
    EXPECT_EQ(facts.e164, Msisdn::parse(text)->e164());
    EXPECT_EQ(facts.country, Msisdn::parse(text)->country());
  }
}

TEST(OneOrManyTest, AListOfOneIsStillAList) {
  const auto document = JsonDocument::parse(R"({"one":"a","list":["a"],"two":["a","b"]})");
  const auto object = JsonObject::of(*document);
  EXPECT_FALSE(object->one_or_many_strings("one", 2)->many);
  EXPECT_TRUE(object->one_or_many_strings("list", 2)->many);
  EXPECT_EQ(object->one_or_many_strings("two", 2)->values, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(object->one_or_many_strings("two", 1));
}

}  // namespace phone_facts_test
}  // namespace dundun
