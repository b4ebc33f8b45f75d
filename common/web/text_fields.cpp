#include "common/web/text_fields.h"

#include <algorithm>

#include "common/base/text.h"
#include "common/identity/address_list.h"
#include "common/io/pg.h"

namespace dundun {
namespace {

constexpr size_t kCountriesMax = 300;
constexpr size_t kNetworksMax = 50;
constexpr size_t kShownBytesMax = 40;

}  // namespace

Result<std::string> bounded_text(const char* field, std::string text, size_t bytes_max) {
  while (text.ends_with(' ')) text.pop_back();
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  if (text.empty()) {
    return invalid_field(field, "ensure this value has at least 1 characters",
                         "value_error.any_str.min_length");
  }
  if (text.size() > bytes_max) {
    return invalid_field(field,
                         "ensure this value has at most " + std::to_string(bytes_max) + " bytes",
                         "value_error.any_str.max_length");
  }
  const bool clean = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (!clean) return invalid_field(field, "control characters are not allowed", "value_error");
  return text;
}

namespace {

// `code` is in capitals.
std::string why_no_country(const std::string& code, const Snapshot& snapshot) {
  const std::string shown = "'" + code.substr(0, kShownBytesMax) + "'";
  for (const auto& [known, name] : snapshot.country_names) {
    if (equal_ignoring_case(name, code)) return shown + " is a country's name: write " + known;
  }
  if (code.size() == 2) return "no route serves " + shown + "; see GET /routes";
  return shown + " is not an ISO 3166 code of two letters, such as KE";
}

}  // namespace

Result<std::vector<std::string>> country_codes(const JsonObject& object, const char* field,
                                               const Snapshot& snapshot) {
  OneOrMany codes = TRY(object.one_or_many_strings(field, kCountriesMax));
  for (std::string& code : codes.values) {
    for (char& c : code) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (!snapshot.country_names.contains(code)) {
      return invalid_field(field, why_no_country(code, snapshot), "value_error.country");
    }
  }
  std::ranges::sort(codes.values);
  const auto doubles = std::ranges::unique(codes.values);
  codes.values.erase(doubles.begin(), doubles.end());
  return codes.values;
}

Result<std::vector<std::string>> network_list(const JsonObject& object, const char* field) {
  std::vector<std::string> networks;
  const std::vector<JsonValue> items = TRY(object.optional_array(field));
  for (const JsonValue& item : items) {
    if (!item.is_string() || !Network::parse(item.string()) || networks.size() == kNetworksMax) {
      return invalid_field(field, "up to 50 addresses or networks, as 192.0.2.7 or 2001:db8::/32",
                           "value_error.network");
    }
    networks.emplace_back(item.string());
  }
  return networks;
}

PgParam text_array(const std::vector<std::string>& texts) {
  PgArray array(PgArray::Type::kText);
  for (const std::string& text : texts) array.add(std::string_view(text));
  return array.finish();
}

}  // namespace dundun
