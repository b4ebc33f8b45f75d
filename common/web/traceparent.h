// Trace Context of W3C (https://www.w3.org/TR/trace-context/): which trace of its caller's a
// request belongs to. It goes into the log line; and where the caller records the trace, into the
// message's events and webhooks.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/base/ids.h"

namespace dundun {

struct Trace {
  Uuid id;           // 16 bytes of any kind, never all zero
  bool is_recorded;  // the flag `sampled`
};

// What the header traceparent says; nullopt for what the standard calls invalid. Versions after 00
// may bear more at the end.
inline std::optional<Trace> parse_traceparent(std::string_view header) {
  constexpr size_t kSize = 55, kIdFrom = 3, kIdSize = 32, kParentFrom = 36, kParentSize = 16;
  const auto hex = [](std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  };
  const auto zero = [](std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
  };
  if (header.size() < kSize) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  const std::string_view id = header.substr(kIdFrom, kIdSize);
  const std::string_view parent = header.substr(kParentFrom, kParentSize);
  const std::string_view flags = header.substr(kSize - 2, 2);
  const bool dashes = header[2] == '-' && header[kIdFrom + kIdSize] == '-' &&
                      header[kParentFrom + kParentSize] == '-';
  const bool ends = header.size() == kSize || (version != "00" && header[kSize] == '-');
  if (!dashes || !ends || !hex(version) || version == "ff" || !hex(id) || zero(id) ||
      !hex(parent) || zero(parent) || !hex(flags)) {
    return std::nullopt;
  }
  const bool is_odd = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
  return Trace{*parse_uuid(id), is_odd};
}

}  // namespace dundun
