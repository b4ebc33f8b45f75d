#include "common/carrier/reference.h"

#include <charconv>

namespace dundun {

std::string carrier_reference(int64_t account_id, const Uuid& message_id) {
  return std::to_string(account_id) + "-" + to_hex(message_id);
}

std::optional<CarrierReference> parse_carrier_reference(std::string_view text) {
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  int64_t account_id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + dash, account_id);
  const std::optional<Uuid> message_id = parse_uuid(text.substr(dash + 1));
  if (error != std::errc() || end != text.data() + dash || account_id <= 0 || !message_id) {
    return std::nullopt;
  }
  return CarrierReference{account_id, *message_id};
}

}  // namespace dundun
