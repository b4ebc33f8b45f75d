#include "common/sms/contact_columns.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace dundun {
namespace {

std::optional<size_t> first_of(std::span<const std::string> headers,
                               std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (size_t i = 0; i < headers.size(); ++i) {
      const bool same = std::ranges::equal(headers[i], name, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
      });
      if (same) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

ContactColumns find_contact_columns(std::span<const std::string> headers) {
  ContactColumns found;
  found.phone = first_of(headers, {"phone", "phone_number", "mobile", "msisdn", "to", "number"});
  found.name = first_of(headers, {"name", "first_name"});
  for (size_t i = 0; i < headers.size(); ++i) {
    if (i != found.phone && i != found.name) found.others.push_back(i);
  }
  return found;
}

std::vector<std::string> data_headers(std::span<const std::string> headers) {
  std::vector<std::string> names;
  for (const size_t column : find_contact_columns(headers).others) names.push_back(headers[column]);
  return names;
}

}  // namespace dundun
