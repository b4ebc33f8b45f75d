#include "common/web/message_json.h"

#include <gtest/gtest.h>

namespace dundun {
namespace message_json_test {

TEST(CutTextTest, CountsCharactersNotBytes) {
  EXPECT_EQ(cut_text("abcdef", 3), "abc");
  EXPECT_EQ(cut_text("abc", 3), "abc");
  EXPECT_EQ(cut_text("", 3), "");
  EXPECT_EQ(cut_text("abc", 0), "");
  EXPECT_EQ(cut_text("\u00e9\u00e8\u00ea", 2), "\u00e9\u00e8");
  EXPECT_EQ(cut_text("\u20ac\u20ac", 1), "\u20ac");
  EXPECT_EQ(cut_text("a\U0001F600b", 2), "a\U0001F600");
}

TEST(CutTextTest, ListsShowAHundredCharacters) {
  std::string text;
  for (int i = 0; i < 101; ++i) text += "\u0416";
  EXPECT_EQ(cut_text(text, kListedTextMax).size(), 200u);
  EXPECT_EQ(cut_text(text, SIZE_MAX), text);
}

TEST(WriteTimeTest, NullWithoutATime) {
  JsonWriter json;
  json.begin_object();
  write_time(json, "sent", parse_rfc3339("2026-05-02T12:00:05+03:00"), format_z);
  write_time(json, "due", parse_rfc3339("2026-05-02T12:00:05Z"), format_offset);
  write_time(json, "failed", std::nullopt, format_z);
  EXPECT_EQ(json.end_object().take(),
            R"({"sent":"2026-05-02T09:00:05Z","due":"2026-05-02T12:00:05+00:00","failed":null})");
}

}  // namespace message_json_test
}  // namespace dundun
