// Zones and moments as requests write them.
#include "common/base/time_zone.h"

#include <gtest/gtest.h>

#include "common/base/time.h"
#include "common/sending/delivery_times.h"
#include "common/sms/substitute.h"
#include "common/web/date_range.h"

namespace dundun {
namespace time_zone_test {

TEST(TimeZoneTest, AnOffsetLiesEastAsIso8601ReadsIt) {
  for (const char* east : {"+03:00", "+0300", "+03", "+3", "+3:00", "UTC+03:00", "UTC+3", "GMT+3",
                           "GMT+03", "gmt+0300", "UT+3", "UTC +3", " +03:00 "}) {
    EXPECT_EQ(parse_time_zone(east), "<+03:00>-03:00") << east;
  }
  for (const char* west : {"-05:30", "-0530", "UTC-5:30", "GMT-0530", "UTC\u22125:30"}) {
    EXPECT_EQ(parse_time_zone(west), "<-05:30>+05:30") << west;
  }
  for (const char* zero : {"+00:00", "-00", "GMT+0", "Z", "z"}) {
    EXPECT_EQ(parse_time_zone(zero), "UTC") << zero;
  }
  EXPECT_EQ(parse_time_zone("+14:00"), "<+14:00>-14:00");
  EXPECT_EQ(shown_time_zone("<+03:00>-03:00"), "+03:00");
  EXPECT_EQ(shown_time_zone("Africa/Nairobi"), "Africa/Nairobi");
}

TEST(TimeZoneTest, AnIanaNameStaysAsItIs) {
  for (const char* name :
       {"Africa/Nairobi", "africa/nairobi", "Africa/Porto-Novo", "America/Argentina/Buenos_Aires",
        "America/Port-au-Prince", "UTC", "GMT", "Etc/UTC", "Etc/GMT-3", "Etc/GMT+12", "Etc/GMT0",
        "Etc/GMT+0", "Etc/GMT-14", "Egypt", "US/Eastern", "Africa/Dar_es_Salaam"}) {
    EXPECT_EQ(parse_time_zone(name), name);
  }
}

TEST(TimeZoneTest, AnythingElseIsNoZone) {
  for (const char* bad : {"",
                          " ",
                          "Foo+3",
                          "3",
                          "03:00",
                          "0300",
                          "IST",
                          "EST",
                          "EAT",
                          "CET",
                          "EST5EDT",
                          "PST8PDT",
                          "<+03>-03",
                          "Foo/Bar+3",
                          "Africa/Nairobi+3",
                          "EAT-3",
                          "UTC3",
                          "GMT3",
                          "UTC+",
                          "+",
                          "+3:0",
                          "+030",
                          "+03:60",
                          "+14:01",
                          "+15",
                          "+99",
                          "+003:00",
                          "+03:00:00",
                          "UTC+3h",
                          "Africa/",
                          "/etc/passwd",
                          "../UTC",
                          "posix/Africa/Nairobi",
                          "right/UTC",
                          "posixrules",
                          "localtime",
                          "Etc/GMT+3EDT",
                          "Etc/GMT+123",
                          "Etc/GMT+13",
                          "Etc/GMT-15",
                          "Etc/GMT+03",
                          "Etc/GMT3",
                          "Etc/GMT00",
                          "Mars",
                          "+\u0663",
                          "Africa/Nairobi\n"}) {
    EXPECT_EQ(parse_time_zone(bad), std::nullopt) << bad;
  }
}

TEST(TimeZoneTest, AWindowsZoneIsRefusedByItsName) {
  const auto document =
      JsonDocument::parse(R"({"window":{"from":"09:00","to":"17:00","tz":"IST"}})");
  const auto window = parse_window(*JsonObject::of(*document));
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().code, ErrorCode::kValidation);
  EXPECT_EQ(window.error().message.substr(0, 10), "window.tz:");
  const auto east = JsonDocument::parse(R"({"window":{"from":"09:00","to":"17:00","tz":"GMT+3"}})");
  EXPECT_EQ((*parse_window(*JsonObject::of(*east)))->zone, "<+03:00>-03:00");
}

TEST(LostPlusTest, IsSeenInATime) {
  for (const char* lost : {"2026-06-01T07:00:00 03:00", "2026-06-01T07:00 0300",
                           "2026-06-01 07:00:00 03:00", "2026-06-01T07:00:00.5 03"}) {
    EXPECT_TRUE(has_lost_plus(lost)) << lost;
  }
  for (const char* other : {"", " ", "2026-06-01 07:00:00", "2026-06-01T07:00:00", "soon 03:00"}) {
    EXPECT_FALSE(has_lost_plus(other)) << other;
  }
  Request request;
  request.query = {{"date_from", "2026-06-01T07:00:00 03:00"}};
  const auto range = parse_date_range(request, now());
  ASSERT_FALSE(range);
  EXPECT_NE(range.error().message.find("%2B"), std::string::npos) << range.error().message;
}

TEST(InvisibleTest, NothingStandsForWhatDoesNotShow) {
  for (const char* text :
       {"a\u202ab\u202c", "\u2066ab\u2069", "ab\ufe0f", "a\u061cb", "a\vb", "\ufeffab", "a\u00adb",
        "a\u2060b", "ab\u200e\u200f", "a\u180eb", "a\U000e0101b", "a\U000e0041b", "a\u0085b",
        "a\x01"
        "b",
        "a\u2061b", "a\ufe00b", "a\u180bb",
        "a\x7f"
        "b",
        "a\ufff9b"}) {
    EXPECT_EQ(gsm7_substitute(text), "ab") << text;
  }
  EXPECT_EQ(gsm7_substitute("a\nb\rc"), "a\nb\rc");
}

}  // namespace time_zone_test
}  // namespace dundun
