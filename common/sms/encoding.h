// How a text is encoded, in the GSM 7-bit default alphabet with its extension table or in UCS-2,
// and how many segments it needs. Source: 3GPP TS 23.038 section 6.2.1, TS 23.040 section 9.2.3.24.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dundun {

enum class Encoding : int16_t { kGsm7 = 1, kUcs2 = 2 };

constexpr std::string_view encoding_name(Encoding encoding) {
  return encoding == Encoding::kGsm7 ? "GSM7" : "UCS2";
}

// `units`: septets (a character of the extension table counts 2), or UTF-16 code units.
struct SegmentCount {
  Encoding encoding = Encoding::kGsm7;
  int segments = 0;
  int units = 0;
};

// Counts the segments of a UTF-8 text. GSM-7: 160 septets in one segment, 153 in each of several.
// UCS-2: 70 and 67 code units. An escape pair or a surrogate pair is never divided: it moves to the
// next segment whole. An empty text has 0 segments. kInvalidRequest for invalid UTF-8.
Result<SegmentCount> count_segments(std::string_view utf8);

// The code point at byte `at`; moves `at` behind it. nullopt for invalid UTF-8 (RFC 3629).
std::optional<char32_t> next_code_point(std::string_view utf8, size_t& at);

// Septets of a code point in GSM-7: 1, or 2 in the extension table; 0: GSM-7 does not have it.
int gsm7_septets(char32_t c);

// Units of a valid UTF-8 text in this encoding. The encoding is given, because a part of a UCS-2
// text may look like GSM-7 on its own.
int count_units(std::string_view utf8, Encoding encoding);

// Units that fit into each segment of a message with this many segments.
int units_max(Encoding encoding, int segments);

// The text of each segment, in UTF-8. There are as many as count_segments() says.
Result<std::vector<std::string>> split_segments(std::string_view utf8);

}  // namespace dundun
