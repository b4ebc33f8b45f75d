// Times and ids, which carry theirs.
#include "common/base/time.h"

#include <gtest/gtest.h>

#include "common/base/ids.h"

namespace dundun {
namespace time_test {

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

}  // namespace time_test
}  // namespace dundun
