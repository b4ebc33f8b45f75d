// CBOR: examples of RFC 8949 (appendix A), and what is refused before it costs anything.
#include "common/io/cbor.h"

#include <gtest/gtest.h>

#include "tests/support/text.h"

namespace dundun {
namespace cbor_test {

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

CborValue value_of(std::string_view hex) {
  const auto read = read_cbor(unhex(hex));
  EXPECT_TRUE(read) << hex << (read ? "" : read.error().message);
  return read ? read->value : CborValue();
}

std::string why_not(std::string_view hex) {
  const auto read = read_cbor(unhex(hex));
  return read ? "it is read" : read.error().message;
}

TEST(CborTest, ExamplesOfTheStandardAreRead) {
  const std::pair<const char*, int64_t> integers[] = {{"00", 0},
                                                      {"17", 23},
                                                      {"1818", 24},
                                                      {"1903e8", 1000},
                                                      {"1a000f4240", 1000000},
                                                      {"1b000000e8d4a51000", 1000000000000},
                                                      {"20", -1},
                                                      {"3863", -100},
                                                      {"3903e7", -1000}};
  for (const auto& [hex, number] : integers) {
    EXPECT_EQ(value_of(hex).kind, CborValue::Kind::kInteger) << hex;
    EXPECT_EQ(value_of(hex).integer, number) << hex;
  }
  EXPECT_EQ(value_of("4401020304").text, std::string("\1\2\3\4"));
  EXPECT_EQ(value_of("62c3bc").text, "ü");
  EXPECT_EQ(value_of("f5").integer, 1);
  EXPECT_EQ(value_of("f6").kind, CborValue::Kind::kNull);
  const CborValue map = value_of("a26161016162820203");  // {"a": 1, "b": [2, 3]}
  ASSERT_NE(map.find("b"), nullptr);
  EXPECT_EQ(map.find("b")->items.size(), 2u);
  EXPECT_EQ(map.find("a")->integer, 1);
  EXPECT_EQ(map.find("c"), nullptr);
  EXPECT_EQ(map.bytes("a"), nullptr) << "no bytes";
  EXPECT_EQ(value_of("a201020304").find(3)->integer, 4);
  EXPECT_EQ(value_of("82018202039f").items.size(), 2u) << "what follows is not looked at";
}

TEST(CborTest, TellsHowManyBytesItTook) {
  const auto read = read_cbor(unhex("a1616101ffff"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->bytes, 4u);
}

TEST(CborTest, WhatIsNotWholeOrNotCanonicalIsRefused) {
  for (const char* cut : {"", "18", "19ff", "44010203", "a1", "a161", "8201", "5b00000000"}) {
    EXPECT_EQ(why_not(cut), "is truncated") << cut;
  }
  EXPECT_EQ(why_not("9f01ff"), "has an indefinite length");
  EXPECT_EQ(why_not("5f4101ff"), "has an indefinite length");
  EXPECT_EQ(why_not("c001"), "has an item of an unknown kind");
  EXPECT_EQ(why_not("f93c00"), "has an item of an unknown kind");
  EXPECT_EQ(why_not("1bffffffffffffffff"), "has a number that is too large");
  EXPECT_EQ(why_not("a201010102"), "has a key twice");
  EXPECT_EQ(why_not("1c"), "is no CBOR");
}

TEST(CborTest, NoSizeIsBelieved) {
  EXPECT_EQ(why_not("9bffffffffffffffff"), "has too many items");
  EXPECT_EQ(why_not("bb7fffffffffffffff"), "has too many items");
  EXPECT_EQ(why_not("5bffffffffffffffff"), "is truncated");
  EXPECT_EQ(why_not("9a00ffffff"), "has too many items");
  std::string deep, wide = "990100";
  for (size_t depth = 0; depth < kCborDepthMax; ++depth) deep += "81";
  EXPECT_EQ(why_not(deep + "01"), "it is read");
  EXPECT_EQ(why_not("81" + deep + "01"), "is too deep");
  for (int item = 0; item < 256; ++item) wide += "01";
  EXPECT_EQ(why_not(wide), "has too many items") << "with the array itself";
  EXPECT_EQ(why_not("98ff" + wide.substr(6, 510)), "it is read");
}

}  // namespace cbor_test
}  // namespace dundun
