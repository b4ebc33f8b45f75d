// Segments, numbers, money, times, ids and states: the pure rules of the domain.
#include <gtest/gtest.h>

#include <random>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/sms/dlr.h"
#include "common/sms/encoding.h"
#include "common/sms/msisdn.h"
#include "common/sms/quote.h"
#include "common/sms/sender_id.h"
#include "common/sms/status.h"

namespace dundun {
namespace domain_test {

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

TEST(QuoteTest, MoreThanTenSegmentsAreRefused) {
  Route route;
  route.price_micros = 1'200'000;
  EXPECT_EQ(price_message(route, {Encoding::kGsm7, 10, 1530}, 1, 1)->route_cost, 12'000'000);
  auto long_one = price_message(route, {Encoding::kGsm7, 11, 1531}, 1, 1);
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, ErrorCode::kTextTooLong);
}

TEST(TimeTest, ReadsEveryDocumentedFormAndPrintsTwo) {
  const std::optional<Instant> at = parse_rfc3339("2026-06-01T07:00:00Z");
  ASSERT_TRUE(at);
  for (const char* same :
       {"2026-06-01T07:00:00.000Z", "2026-06-01T10:00:00+03:00", "2026-06-01T07:00:00+00:00",
        "2026-06-01T10:00:00+0300", "2026-06-01T10:00+03:00", "2026-06-01T10:00+03",
        "2026-06-01T07:00Z", "2026-06-01T04:00:00.0-0300", "2026-06-01 07:00:00z",
        "2026-06-01T02:00:00.000000000-05:00"}) {
    EXPECT_EQ(parse_rfc3339(same), at) << same;
  }
  EXPECT_EQ(*parse_rfc3339("2026-06-01T07:00:00.1234567Z") - *at,
            std::chrono::microseconds(123'456));
  EXPECT_EQ(*parse_rfc3339("2026-06-01T07:00:00.5Z") - *at, std::chrono::milliseconds(500));
  EXPECT_EQ(format_z(*at), "2026-06-01T07:00:00Z");
  EXPECT_EQ(format_offset(*at), "2026-06-01T07:00:00+00:00");
  EXPECT_EQ(format_z_ms(*at + std::chrono::milliseconds(7)), "2026-06-01T07:00:00.007Z");
  for (const char* bad :
       {"", "2026-06-01", "2026-06-01T07:00:00", "2026-02-30T00:00:00Z", "2026-06-01T24:00:00Z",
        "2026-06-01T07:00:60Z", "2026-06-01T07:60Z", "2026-06-01T07:00:00Zx",
        "2026-06-01T07:00:00.Z", "1969-12-31T23:59:59Z", "2026-06-01T07:00:00.1234567890Z",
        "2026-06-01T07:00:00+3:00", "2026-06-01T07:00:00+030",
        "2026-06-01T07:00:00+03:", "2026-06-01T07:00", "2026-06-01T07:00:+03:00", "2026-06-01T07Z",
        "2026-06-01T07:00:00 03:00", "soon"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(IdsTest, GrowStrictlyAndCarryTheirTime) {
  Uuid last = new_uuid7();
  for (int i = 0; i < 100'000; ++i) {
    const Uuid next = new_uuid7();
    ASSERT_LT(last, next);
    last = next;
  }
  EXPECT_LT(now() - created_at(last), std::chrono::seconds(1));
  EXPECT_EQ(to_string(last)[14], '7');
  EXPECT_LE(uuid7_floor(created_at(last)), last);
}

TEST(IdsTest, ReadAllThreeWrittenForms) {
  const Uuid id = new_uuid7();
  EXPECT_EQ(parse_message_id(message_id_text(id)), id);
  EXPECT_EQ(parse_message_id(to_string(id)), id);
  EXPECT_EQ(parse_message_id("msg_" + to_hex(id)), id);
  for (const std::string& bad : {"msg_" + to_hex(id) + "0", "msg_" + to_hex(id).substr(1),
                                 "msg_" + to_string(id), "msg-" + to_hex(id), to_hex(id)}) {
    EXPECT_FALSE(parse_message_id(bad)) << bad;
  }
  for (int i = 0; i < 100; ++i) {
    const std::string text = to_string(new_uuid7());
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  }
  for (const char* bad :
       {"", "msg-", "msg-a1b2c3d4", "evt_00", "msg-0123456789abcdef0123456789abcdef"}) {
    EXPECT_FALSE(parse_message_id(bad)) << bad;
  }
}

TEST(StatusTest, OnlyMovesForwardExceptALateDelivery) {
  using enum MessageStatus;
  EXPECT_TRUE(may_move(kQueued, kSubmitted));
  EXPECT_TRUE(may_move(kQueued, kDelivered)) << "a receipt may come before the submit's answer";
  EXPECT_FALSE(may_move(kDelivered, kSubmitted));
  EXPECT_FALSE(may_move(kSubmitted, kQueued));
  EXPECT_TRUE(may_move(kFailed, kDelivered));
  EXPECT_FALSE(may_move(kDelivered, kFailed));
  EXPECT_FALSE(may_move(kSubmitted, kCancelled));
  for (int to = 1; to <= 9; ++to) {
    for (MessageStatus from : {kDelivered, kCancelled, kExpired}) {
      EXPECT_FALSE(may_move(from, MessageStatus(to)));
    }
  }
  // Rows and columns: scheduled, queued, submitted, sent, delivered, failed, retrying, cancelled,
  // expired.
  const char* const moves[] = {"-yyyyyyyy", "--yyyyyyy", "---yyy---", "----yy---", "---------",
                               "----y-y--", "-yyyyy-yy", "---------", "---------"};
  const char* const names[] = {"scheduled", "queued",   "submitted", "sent",   "delivered",
                               "failed",    "retrying", "cancelled", "expired"};
  for (int from = 1; from <= 9; ++from) {
    EXPECT_EQ(status_name(MessageStatus(from)), names[from - 1]);
    for (int to = 1; to <= 9; ++to) {
      EXPECT_EQ(may_move(MessageStatus(from), MessageStatus(to)), moves[from - 1][to - 1] == 'y')
          << names[from - 1] << " to " << names[to - 1];
    }
  }
  EXPECT_EQ(status_name(MessageStatus(0)), "unknown");
  for (int status = 1; status <= 9; ++status) {
    EXPECT_EQ(parse_status(status_name(MessageStatus(status))), MessageStatus(status));
  }
}

TEST(DlrTest, KnowsTheWordsAndKeepsTheOthersHarmless) {
  EXPECT_EQ(judge_dlr("DELIVRD").status, MessageStatus::kDelivered);
  EXPECT_EQ(judge_dlr("ACCEPTD").status, MessageStatus::kSent);
  EXPECT_EQ(judge_dlr("UNDELIV").status, MessageStatus::kFailed);
  const struct {
    const char* word;
    bool retry_worthy, never_taken;
  } failures[] = {{"UNDELIV", false, false},       {"REJECTD", false, false},
                  {"EXPIRED", false, false},       {"DELETED", false, false},
                  {"FAILED", false, false},        {"SUBMIT_FAIL", true, true},
                  {"SUBMIT_UNKNOWN", false, true}, {"THROTTLED", true, false}};
  for (const auto& one : failures) {
    const DlrVerdict verdict = judge_dlr(one.word);
    EXPECT_EQ(verdict.status, MessageStatus::kFailed) << one.word;
    EXPECT_EQ(verdict.retry_worthy, one.retry_worthy) << one.word;
    EXPECT_EQ(verdict.never_taken, one.never_taken) << one.word;
  }
  EXPECT_EQ(normalize_dlr_word(std::string(30, 'x')), std::string(20, 'X'));
  EXPECT_EQ(normalize_dlr_word(" delivrd\n"), "DELIVRD");
  EXPECT_EQ(normalize_dlr_word("\"},{evil"), "EVIL");
}

TEST(SenderIdTest, FollowsTheRuleOfNames) {
  for (const char* good : {"A", "MyApp", "Kijani 24", "ABCDEFGHIJK"}) {
    EXPECT_TRUE(is_valid_sender_name(good)) << good;
  }
  for (const char* bad : {"", " A", "A ", "ABCDEFGHIJKL", "Müller", "a-b", "x\n"}) {
    EXPECT_FALSE(is_valid_sender_name(bad)) << bad;
  }
}

}  // namespace domain_test
}  // namespace dundun
