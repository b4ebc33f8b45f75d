// Which texts end what somebody gets, and which only look so; charsets of carriers.
#include "common/sms/opt_out.h"

#include <gtest/gtest.h>

#include "common/carrier/reference.h"
#include "common/sms/charset.h"
#include "handlers/carrier/mo_request.h"

namespace dundun {
namespace opt_out_test {

const std::vector<OptOutWord> kWords = {
    {"stop", OptOutWish::kStop, "en", {}, true},
    {"end", OptOutWish::kStop, "en", {}, false},
    {"stop all", OptOutWish::kStart, "xx", {}, false},  // a longer word wins
    {"arret", OptOutWish::kStop, "fr", {"SN", "CI"}, true},
    {"إيقاف", OptOutWish::kStop, "ar", {}, false},  // never matches: it is not folded
    {"ايقاف", OptOutWish::kStop, "ar", {}, false},
};

OptOutWish wish(std::string_view text, std::string_view country = "KE") {
  const OptOutWord* word = find_wish(kWords, fold_words(text), country);
  return word == nullptr ? OptOutWish::kNone : word->wish;
}

TEST(OptOutTest, CaseSpacesMarksAndPunctuationDoNotMatter) {
  for (const char* text :
       {"stop", "STOP", " Stop ", "\r\n\tsToP!!!", "*stop*", "\"STOP\".", "ＳＴＯＰ", "st\u200bop",
        "🛑 stop 🛑", "Stop, please", "stop it now", "SToP\n\nall of it"}) {
    EXPECT_EQ(wish(text), OptOutWish::kStop) << text;
  }
  EXPECT_EQ(wish("إِيقَاف"), OptOutWish::kStop) << "with vowels";
  EXPECT_EQ(wish("اي\u0640قاف"), OptOutWish::kStop) << "stretched";
}

TEST(OptOutTest, OnlyTheWholeTextOrALeadingWordCounts) {
  for (const char* text : {"", " ", "!!!", "nonstop", "stopping", "please stop", "end of the month",
                           "the end", "bus stop?", "s t o p", "\xff\xfe"}) {
    EXPECT_EQ(wish(text), OptOutWish::kNone) << text;
  }
  EXPECT_EQ(wish("End."), OptOutWish::kStop);
  EXPECT_EQ(wish("Stop all"), OptOutWish::kStart);
}

TEST(OptOutTest, SomeWordsMeanItInSomeCountriesOnly) {
  EXPECT_EQ(wish("Arrêt", "SN"), OptOutWish::kStop);
  EXPECT_EQ(wish("ARRE\u0302T svp", "CI"), OptOutWish::kStop) << "decomposed";
  EXPECT_EQ(wish("Arrêt", "KE"), OptOutWish::kNone);
}

TEST(OptOutTest, FirstWords) {
  const FirstWord two = first_word("kijani stop it");
  EXPECT_EQ(two.word, "kijani");
  EXPECT_EQ(two.rest, "stop it");
  EXPECT_EQ(first_word("one").rest, "");
  EXPECT_EQ(first_word("").word, "");
}

TEST(CharsetTest, ConvertsWhatCarriersUse) {
  const auto utf8 = [](std::string_view bytes, std::string_view charset) {
    auto text = to_utf8(bytes, charset);
    return text ? *text : "<" + text.error().message + ">";
  };
  EXPECT_EQ(utf8("caf\xc3\xa9", "UTF-8"), "café");
  EXPECT_EQ(utf8("caf\xe9", "iso-8859-1"), "café");
  EXPECT_EQ(utf8("\x80", "Windows-1252"), "€");
  EXPECT_EQ(utf8(std::string_view("\0A\xd8\x3d\xde\x00", 6), "ucs-2"), "A😀");
  EXPECT_EQ(utf8("", "utf-8"), "");
  for (const std::string_view bytes : {"\xff", "\xc3", "\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_EQ(utf8(bytes, "utf-8"), "<text is not valid utf-8.>");
  }
  EXPECT_EQ(utf8(std::string_view("\0", 1), "utf-8"), "<text is not valid utf-8.>");
  EXPECT_EQ(utf8(std::string_view("\xd8\x3d", 2), "utf-16be"), "<text is not valid utf-16be.>");
  EXPECT_EQ(utf8("a", "utf-16be"), "<text is not valid utf-16be.>");
  EXPECT_FALSE(to_utf8("a", "utf-7"));
  EXPECT_EQ(*to_utf8_as_far("caf\xe9 \r\n", "8-BIT"), "café \r\n");
  EXPECT_EQ(*to_utf8_as_far(std::string_view("\x06\x05\x00\xff", 4), "8-bit"), "060500FF");
  EXPECT_EQ(*to_utf8_as_far(std::string_view("\0A\xd8\x3d", 4), "utf-16be"), "A\uFFFD");
  EXPECT_EQ(*to_utf8_as_far(std::string_view("A\0", 2), "utf-8"), "A\uFFFD");
  EXPECT_FALSE(to_utf8_as_far("a", "klingon"));
  EXPECT_EQ(*from_hex("00fF"), std::string("\0\xff", 2));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(AddressTest, NumbersBecomeE164AndCodesStay) {
  const auto address = [](const std::string& text) {
    const auto parsed = parse_address("from", text);
    return parsed ? parsed->text + "/" + parsed->country : "<" + parsed.error().message + ">";
  };
  for (const char* text : {"+254712345678", "254712345678", "00254712345678", "+254 712-345 678"}) {
    EXPECT_EQ(address(text), "+254712345678/KE") << text;
  }
  EXPECT_EQ(address("20880"), "20880/");
  EXPECT_EQ(address("0020880"), "20880/");
  EXPECT_EQ(address("MPESA"), "MPESA/");
  EXPECT_EQ(address("0712345678"), "0712345678/");
  // No country code begins with 0, and a number has one international prefix.
  EXPECT_EQ(address("+0254712345678"), "0254712345678/");
  EXPECT_EQ(address("00 0 254712345678"), "0254712345678/");
  EXPECT_EQ(address("+00254712345678"), "00254712345678/");
  EXPECT_EQ(address("+"), "<from is neither a number nor a name.>");
  EXPECT_EQ(address("?"), "<from is neither a number nor a name.>");
}

TEST(CarrierReferenceTest, NamesAccountAndMessage) {
  const Uuid id = new_uuid7();
  const auto parsed = parse_carrier_reference(carrier_reference(42, id));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->account_id, 42);
  EXPECT_EQ(parsed->message_id, id);
  for (const char* text :
       {"", "-", "42", "42-",
        "x-"
        "0190",
        "0-00000000000070008000000000000000", "-1-00000000000070008000000000000000"}) {
    EXPECT_FALSE(parse_carrier_reference(text)) << text;
  }
}

}  // namespace opt_out_test
}  // namespace dundun
