#include "common/base/money.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace dundun {
namespace {

// ISO C++ has no 128-bit integer; g++ and clang do.
__extension__ typedef __int128 Int128;

constexpr Micros kUnit = 1'000'000;
constexpr Micros kChargeStep = 100;  // 4 decimals
constexpr size_t kNumberDigitsMax = 1000;
constexpr size_t kMicrosDigitsMax = 19;  // of the largest int64

// Of "e5", "E+05", "e-5", or of "", which is 0; nullopt for anything else.
std::optional<int> exponent_of(std::string_view text) {
  if (text.empty()) return 0;
  text.remove_prefix(1);
  if (text.starts_with('+') && text.substr(1, 1) != "-") text.remove_prefix(1);
  int exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  constexpr int kFarEnough = 2000;  // whatever the digits, no amount is left
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::clamp(exponent, -kFarEnough, kFarEnough);
}

}  // namespace

int currency_digits(std::string_view currency) {
  constexpr std::string_view kWhole[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                         "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                         "VND", "VUV", "XAF", "XOF", "XPF"};
  constexpr std::string_view kThousandths[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (std::ranges::find(kWhole, currency) != std::end(kWhole)) return 0;
  return std::ranges::find(kThousandths, currency) != std::end(kThousandths) ? 3 : 2;
}

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

Result<Micros> parse_micros_number(std::string_view number) {
  const auto bad = [] { return fail(ErrorCode::kInvalidRequest, "not a decimal amount"); };
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const size_t e = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, e);
  const std::optional<int> exponent = exponent_of(number.substr(e));
  const size_t dot = std::min(mantissa.find('.'), mantissa.size());
  std::string digits(mantissa.substr(0, dot));
  if (dot < mantissa.size()) digits += mantissa.substr(dot + 1);
  if (!exponent || digits.empty() || digits.size() > kNumberDigitsMax ||
      digits.find_first_not_of("0123456789") != std::string::npos) {
    return bad();
  }
  // The value is `digits` without point, times 10^shift millionths.
  int shift = 6 + *exponent - static_cast<int>(digits.size() - dot);
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.empty()) return Micros{0};
  for (; digits.back() == '0'; ++shift) digits.pop_back();
  if (shift < 0 || digits.size() + static_cast<size_t>(shift) > kMicrosDigitsMax) return bad();
  digits.append(static_cast<size_t>(shift), '0');
  Micros micros = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), micros);
  if (error != std::errc()) return bad();
  return negative ? -micros : micros;
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
