#include "common/sms/substitute.h"

#include <gtest/gtest.h>

#include "common/sms/country_name.h"
#include "common/sms/encoding.h"

namespace dundun {
namespace substitute_test {

TEST(SubstituteTest, TypographyBecomesAscii) {
  EXPECT_EQ(gsm7_substitute("“Don’t” – wait…\u00a0now—ok"), "\"Don't\" - wait... now-ok");
  EXPECT_EQ(gsm7_substitute("a\u200bb\ufeffc\u00add"), "abcd");
  EXPECT_EQ(gsm7_substitute("1\u2009000\t₦500"), "1 000 N500");
  EXPECT_EQ(gsm7_substitute("a\u2000b\u200ac"), "a b c");
}

TEST(SubstituteTest, LettersLoseTheirMarksOnlyWhereGsmLacksThem) {
  EXPECT_EQ(gsm7_substitute("Ẹ káàbọ̀ sí Èkó"), "E kaàbo si Eko");
  EXPECT_EQ(gsm7_substitute("façade Ångström ñandú"), "facade Ångström ñandu");
  EXPECT_EQ(gsm7_substitute("Łódź Đakovo œuvre ɓaɗa ƙofa"), "Lodz Dakovo oeuvre bada kofa");
  EXPECT_EQ(gsm7_substitute("Tiếng Việt"), "Tieng Viet");
}

TEST(SubstituteTest, ALooseMarkJoinsItsLetterOrGoes) {
  EXPECT_EQ(gsm7_substitute("cafe\u0301"), "café");
  EXPECT_EQ(gsm7_substitute("o\u0323\u0300"), "ò");
  EXPECT_EQ(gsm7_substitute("q\u0303"), "q");
  EXPECT_EQ(gsm7_substitute("e\u0303x"), "ex") << "the two are one letter that GSM-7 lacks";
}

TEST(SubstituteTest, NothingIsOfferedThatWouldStayUcs2) {
  for (const char* text :
       {"Привет “мир”", "ok 👍", "नमस्ते", "10²", "½", "مرحبا", "中文…", "й", "Ѓ"}) {
    EXPECT_EQ(gsm7_substitute(text), std::nullopt) << text;
  }
  EXPECT_EQ(gsm7_substitute("\xff"), std::nullopt);
}

TEST(SubstituteTest, WhatIsOfferedIsGsm7) {
  for (const char* text : {"“x”", "ế ọ ṣ", "\u2126 K", "€ [^]", ""}) {
    const auto other = gsm7_substitute(text);
    ASSERT_TRUE(other) << text;
    EXPECT_EQ(count_segments(*other)->encoding, Encoding::kGsm7) << text;
  }
}

TEST(EncodingTest, UnitsAreCountedInTheEncodingOfTheMessage) {
  EXPECT_EQ(count_units("a€", Encoding::kGsm7), 3);
  EXPECT_EQ(count_units("a€", Encoding::kUcs2), 2);
  EXPECT_EQ(count_units("👍", Encoding::kUcs2), 2);
  EXPECT_EQ(units_max(Encoding::kGsm7, 1), 160);
  EXPECT_EQ(units_max(Encoding::kUcs2, 3), 67);
}

TEST(CountryNameTest, NamesComeInEnglish) {
  EXPECT_EQ(country_name("FR"), "France");
  EXPECT_EQ(country_name("KE"), "Kenya");
}

}  // namespace substitute_test
}  // namespace dundun
