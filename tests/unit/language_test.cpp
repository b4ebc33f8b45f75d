// Which of our languages a browser gets. The headers are those that browsers send.
#include "common/base/language.h"

#include <gtest/gtest.h>

namespace dundun {
namespace {

TEST(LanguageTest, TheFirstOfTheGreatestWeightThatWeSpeak) {
  const auto chosen = [](std::string_view header) { return preferred_language(header); };
  EXPECT_EQ(chosen(""), "en");
  EXPECT_EQ(chosen("fr"), "fr");
  EXPECT_EQ(chosen("fr-CM,fr;q=0.9,en-US;q=0.8,en;q=0.7"), "fr");  // Chromium, Firefox
  EXPECT_EQ(chosen("PT-br"), "pt");                                // Safari writes pt-BR
  EXPECT_EQ(chosen("en;q=0.5, sw"), "sw");
  EXPECT_EQ(chosen("en ; q=0.125 ,\tfr; q=0.126"), "fr");
  EXPECT_EQ(chosen("fr;q=0.9,pt;q=0.9"), "fr");
  EXPECT_EQ(chosen("ar,de;q=0.8,sw;q=0.1"), "sw");
  EXPECT_EQ(chosen("ar, de"), "en");
  EXPECT_EQ(chosen("*"), "en");
}

TEST(LanguageTest, WhatIsNoWeightIsNotWanted) {
  const auto chosen = [](std::string_view header) { return preferred_language(header); };
  for (const char* bad : {"fr;q=0", "fr;q=", "fr;q=x", "fr;q=2", "fr;q=0,9", "fr;q=0.x",
                          "fr;q=00.9", "frx", "-fr", ",;,=", ";q=1"}) {
    EXPECT_EQ(chosen(bad), "en") << bad;
  }
  EXPECT_EQ(chosen("fr;q=1.999999999999999999999999999999, pt;q=0.9"), "fr");
  EXPECT_EQ(chosen(std::string(100'000, ',') + "fr"), "fr");
}

}  // namespace
}  // namespace dundun
