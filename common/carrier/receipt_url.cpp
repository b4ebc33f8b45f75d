#include "common/carrier/receipt_url.h"

#include <array>
#include <charconv>

#include "common/io/crypto.h"

namespace dundun {
namespace {

constexpr size_t kSignatureBytes = 16;
constexpr int64_t kPartsMax = 255;

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string reference_text(const PartReference& reference) {
  return std::to_string(reference.account_id) + "-" +
         std::to_string(static_cast<int>(reference.environment)) + "-" +
         to_hex(reference.message_id) + "-" + std::to_string(reference.part) + "-" +
         std::to_string(reference.parts);
}

std::optional<PartReference> parse_reference(std::string_view text) {
  std::array<std::string_view, 5> fields;
  for (size_t i = 0; i < fields.size(); ++i) {
    const size_t end = text.find('-');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
    fields[i] = text.substr(0, end);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  const auto account = number(fields[0]), environment = number(fields[1]);
  const auto part = number(fields[3]), parts = number(fields[4]);
  const std::optional<Uuid> id = parse_uuid(fields[2]);
  if (!account || !environment || !id || !part || !parts) return std::nullopt;
  if (*environment < 0 || *environment > 1 || *part < 1 || *part > *parts || *parts > kPartsMax) {
    return std::nullopt;
  }
  return PartReference{*account, Environment(*environment), *id, static_cast<int>(*part),
                       static_cast<int>(*parts)};
}

std::string receipt_signature(std::string_view secret, std::string_view reference) {
  return to_hex(hmac_sha256(secret, reference).substr(0, kSignatureBytes));
}

}  // namespace dundun
