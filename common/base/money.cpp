#include "common/base/money.h"

#include <limits>

namespace dundun {
namespace {

// ISO C++ has no 128-bit integer; g++ and clang do.
__extension__ typedef __int128 Int128;

constexpr Micros kUnit = 1'000'000;
constexpr Micros kChargeStep = 100;  // 4 decimals

}  // namespace

std::string format_micros(Micros amount, int decimals_min) {
  const auto magnitude =
      amount < 0 ? ~static_cast<uint64_t>(amount) + 1 : static_cast<uint64_t>(amount);
  std::string fraction = std::to_string(magnitude % kUnit);
  fraction.insert(0, 6 - fraction.size(), '0');
  while (static_cast<int>(fraction.size()) > decimals_min && !fraction.empty() &&
         fraction.back() == '0') {
    fraction.pop_back();
  }
  std::string text = (amount < 0 ? "-" : "") + std::to_string(magnitude / kUnit);
  if (!fraction.empty()) text += "." + fraction;
  return text;
}

Result<Micros> parse_micros(std::string_view text) {
  const auto bad = [] { return fail(ErrorCode::kInvalidRequest, "not a decimal amount"); };
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  if (whole.empty() || fraction.size() > 6 || (dot != std::string_view::npos && fraction.empty())) {
    return bad();
  }
  Int128 value = 0;
  for (char c : std::string(whole) + std::string(fraction)) {
    if (c < '0' || c > '9' || value > std::numeric_limits<int64_t>::max()) return bad();
    value = value * 10 + (c - '0');
  }
  for (size_t i = fraction.size(); i < 6; ++i) value *= 10;
  if (value > std::numeric_limits<int64_t>::max()) return bad();
  return static_cast<Micros>(negative ? -value : value);
}

Result<Micros> convert(Micros amount, FxRate from, FxRate to) {
  if (amount < 0 || from <= 0 || to <= 0) {
    return fail(ErrorCode::kInvalidRequest, "no such conversion");
  }
  // steps = amount * to / (from * kChargeStep), half up: one division, so one rounding. The
  // numerator stays under 2^127: 2^63 * 2^63 * 2 would just overflow, so bound it first.
  const Int128 numerator = static_cast<Int128>(amount) * to;
  if (numerator > (static_cast<Int128>(1) << 125)) {
    return fail(ErrorCode::kInvalidRequest, "amount too large");
  }
  const Int128 denominator = static_cast<Int128>(from) * kChargeStep;
  Int128 steps = (2 * numerator + denominator) / (2 * denominator);
  if (steps == 0 && amount > 0) steps = 1;
  if (steps > std::numeric_limits<int64_t>::max() / kChargeStep) {
    return fail(ErrorCode::kInvalidRequest, "amount too large");
  }
  return static_cast<Micros>(steps * kChargeStep);
}

}  // namespace dundun
