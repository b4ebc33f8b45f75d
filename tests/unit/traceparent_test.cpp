// The header traceparent, as the W3C's Trace Context has it.
#include "common/web/traceparent.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dundun {
namespace traceparent_test {

constexpr const char* kId = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceparentTest, AWholeHeaderNamesItsTrace) {
  const std::string id = kId;
  EXPECT_EQ(trace_id_of("00-" + id + "-00f067aa0ba902b7-01"), id);
  EXPECT_EQ(trace_id_of("00-" + id + "-00f067aa0ba902b7-00"), id);
  EXPECT_EQ(trace_id_of("cc-" + id + "-00f067aa0ba902b7-01-what-comes-later"), id);
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
    EXPECT_EQ(trace_id_of(header), "") << header;
  }
}

}  // namespace traceparent_test
}  // namespace dundun
