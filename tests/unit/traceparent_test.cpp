// The header traceparent, as the W3C's Trace Context has it.
#include "common/web/traceparent.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dundun {
namespace traceparent_test {

constexpr const char* kId = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceparentTest, AWholeHeaderNamesItsTrace) {
  const std::string id = kId;
  const std::vector<std::pair<std::string, bool>> headers{
      {"00-" + id + "-00f067aa0ba902b7-01", true},
      {"00-" + id + "-00f067aa0ba902b7-00", false},
      {"00-" + id + "-00f067aa0ba902b7-03", true},
      {"00-" + id + "-00f067aa0ba902b7-f2", false},
      {"cc-" + id + "-00f067aa0ba902b7-0b-what-comes-later", true}};
  for (const auto& [header, is_recorded] : headers) {
    const std::optional<Trace> trace = parse_traceparent(header);
    ASSERT_TRUE(trace) << header;
    EXPECT_EQ(to_hex(trace->id), id) << header;
    EXPECT_EQ(trace->is_recorded, is_recorded) << header;
  }
}

TEST(TraceparentTest, WhatTheStandardCallsInvalidIsNone) {
  const std::string id = kId;
  const std::string zeros(32, '0');
  const std::vector<std::string> headers{std::string(),
                                         std::string("00"),
                                         "00-" + id,
                                         "00-" + id + "-00f067aa0ba902b7",
                                         "ff-" + id + "-00f067aa0ba902b7-01",
                                         "00-" + zeros + "-00f067aa0ba902b7-01",
                                         "00-" + id + "-0000000000000000-01",
                                         "00-" + id + "-00f067aa0ba902b7-01-more",
                                         "00-" + id + "-00f067aa0ba902b7-0g",
                                         "00_" + id + "-00f067aa0ba902b7-01",
                                         "0x-" + id + "-00f067aa0ba902b7-01",
                                         "cc-" + id + "-00f067aa0ba902b7-01more",
                                         "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"};
  for (const std::string& header : headers) {
    EXPECT_FALSE(parse_traceparent(header)) << header;
  }
}

}  // namespace traceparent_test
}  // namespace dundun
