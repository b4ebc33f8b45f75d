// Trace Context of W3C (https://www.w3.org/TR/trace-context/): which trace of its caller's a
// request belongs to. It goes into the log line alone.
#pragma once

#include <algorithm>
#include <string_view>

namespace dundun {

// The 32 hex digits of the trace in the header traceparent; empty for what the standard calls
// invalid. Versions after 00 may bear more at the end.
inline std::string_view trace_id_of(std::string_view traceparent) {
  constexpr size_t kSize = 55, kIdFrom = 3, kIdSize = 32, kParentFrom = 36, kParentSize = 16;
  const auto hex = [](std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  const auto zero = [](std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
  };
  if (traceparent.size() < kSize) return {};
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view id = traceparent.substr(kIdFrom, kIdSize);
  const std::string_view parent = traceparent.substr(kParentFrom, kParentSize);
  const bool dashes = traceparent[2] == '-' && traceparent[kIdFrom + kIdSize] == '-' &&
                      traceparent[kParentFrom + kParentSize] == '-';
  const bool ends = traceparent.size() == kSize || (version != "00" && traceparent[kSize] == '-');
  if (!dashes || !ends || !hex(version) || version == "ff" || !hex(id) || zero(id) ||
      !hex(parent) || zero(parent) || !hex(traceparent.substr(kSize - 2, 2))) {
    return {};
  }
  return id;
}

}  // namespace dundun
