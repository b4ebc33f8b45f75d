#include "common/pay/reference.h"

#include <charconv>

#include "common/io/crypto.h"

namespace dundun {

std::string payment_reference(const PaymentName& name, std::string_view secret) {
  constexpr size_t kMarkDigits = 32;
  std::string text = std::to_string(name.account_id) + "-" + to_hex(name.payment_id);
  // A key of its own: what signs references signs nothing else.
  const std::string key = hmac_sha256(secret, "payment reference");
  const std::string mark = to_hex(hmac_sha256(key, text));
  return text + "-" + mark.substr(0, kMarkDigits);
}

std::optional<PaymentName> parse_payment_reference(std::string_view text, std::string_view secret) {
  const size_t first = text.find('-');
  const size_t second = text.find('-', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  PaymentName name{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + first, name.account_id);
  if (error != std::errc() || end != text.data() + first) return std::nullopt;
  const std::optional<Uuid> id = parse_uuid(text.substr(first + 1, second - first - 1));
  if (!id) return std::nullopt;
  name.payment_id = *id;
  if (!equal_constant_time(text, payment_reference(name, secret))) return std::nullopt;
  return name;
}

}  // namespace dundun
