// How texts fall into segments.
#include "common/sms/encoding.h"

#include <gtest/gtest.h>

#include <random>

#include "common/sms/quote.h"

namespace dundun {
namespace encoding_test {

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

struct Segments {
  std::string text;
  Encoding encoding;
  int units;
  int segments;
};

TEST(EncodingTest, CountsAtEveryBorder) {
  const Segments cases[] = {
      {"", Encoding::kGsm7, 0, 0},
      {times(159, "a"), Encoding::kGsm7, 159, 1},
      {times(160, "a"), Encoding::kGsm7, 160, 1},
      {times(161, "a"), Encoding::kGsm7, 161, 2},
      {times(306, "a"), Encoding::kGsm7, 306, 2},
      {times(307, "a"), Encoding::kGsm7, 307, 3},
      {times(459, "a"), Encoding::kGsm7, 459, 3},
      {times(460, "a"), Encoding::kGsm7, 460, 4},
      {times(80, "€"), Encoding::kGsm7, 160, 1},
      {times(80, "€") + "a", Encoding::kGsm7, 161, 2},
      {times(70, "я"), Encoding::kUcs2, 70, 1},
      {times(71, "я"), Encoding::kUcs2, 71, 2},
      {times(134, "я"), Encoding::kUcs2, 134, 2},
      {times(135, "я"), Encoding::kUcs2, 135, 3},
      {times(201, "я"), Encoding::kUcs2, 201, 3},
      {times(202, "я"), Encoding::kUcs2, 202, 4},
      {times(35, "😀"), Encoding::kUcs2, 70, 1},
      {times(36, "😀"), Encoding::kUcs2, 72, 2},
  };
  for (const Segments& c : cases) {
    auto count = count_segments(c.text);
    ASSERT_TRUE(count) << c.text;
    EXPECT_EQ(count->encoding, c.encoding) << c.text;
    EXPECT_EQ(count->units, c.units) << c.text;
    EXPECT_EQ(count->segments, c.segments) << c.text;
  }
}

// A calculator that goes on counting two for brackets once the text is UCS-2 overcharges.
TEST(EncodingTest, ExtensionCharactersCostTwoOnlyInGsm7) {
  EXPECT_EQ(count_segments("[x]")->units, 5);
  EXPECT_EQ(count_segments("[я]")->units, 3);
  EXPECT_EQ(count_segments("^{}\\[~]|€\f")->units, 20);
}

TEST(EncodingTest, AnEscapePairNeverStraddlesASegmentBorder) {
  // 152 septets, then a two-septet character: it moves whole to the second segment.
  const std::string text = times(152, "a") + "€" + times(20, "b");
  auto parts = split_segments(text);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0], times(152, "a"));
  EXPECT_EQ((*parts)[1], "€" + times(20, "b"));
  // 306 septets that would fit two segments exactly, were the pair not at the border.
  EXPECT_EQ(count_segments(times(152, "a") + "€" + times(152, "b"))->segments, 3);
}

TEST(EncodingTest, ASurrogatePairNeverStraddlesASegmentBorder) {
  const std::string text = times(66, "я") + "😀" + times(10, "я");
  auto parts = split_segments(text);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0], times(66, "я"));
}

TEST(EncodingTest, TheWholeDefaultAlphabetIsGsm7AndOthersAreNot) {
  for (const char* text : {"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?",
                           "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"}) {
    EXPECT_EQ(count_segments(text)->encoding, Encoding::kGsm7) << text;
  }
  for (const char* text : {"`", "ç", "’", "…", "á", "\t", "—"}) {
    EXPECT_EQ(count_segments(text)->encoding, Encoding::kUcs2) << text;
  }
}

TEST(EncodingTest, PartsAreTheTextAndAsManyAsCounted) {
  std::mt19937 random(5);
  const char* const pieces[] = {"a", "€", "é", "я", "😀", "[", " "};
  for (int round = 0; round < 2000; ++round) {
    const size_t kinds = random() % 2 ? 3 : 7;
    std::string text;
    for (size_t i = random() % 500; i > 0; --i) text += pieces[random() % kinds];
    auto count = count_segments(text);
    auto parts = split_segments(text);
    ASSERT_TRUE(count && parts);
    std::string joined;
    for (const std::string& part : *parts) {
      joined += part;
      auto one = count_segments(part);
      ASSERT_TRUE(one) << "a part is not valid UTF-8";
      if (parts->size() > 1 && count->encoding == Encoding::kGsm7) {
        ASSERT_LE(one->units, 153);
      }
    }
    ASSERT_EQ(joined, text);
    ASSERT_EQ(static_cast<int>(parts->size()), count->segments);
  }
}

TEST(EncodingTest, InvalidUtf8IsRefused) {
  for (const char* text : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe2\x82"}) {
    EXPECT_FALSE(count_segments(text));
  }
}

TEST(QuoteTest, MoreThanTenSegmentsAreRefused) {
  Route route;
  route.price_micros = 1'200'000;
  EXPECT_EQ(price_message(route, {Encoding::kGsm7, 10, 1530}, 1, 1)->route_cost, 12'000'000);
  auto long_one = price_message(route, {Encoding::kGsm7, 11, 1531}, 1, 1);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, ErrorCode::kTextTooLong);
}

}  // namespace encoding_test
}  // namespace dundun
