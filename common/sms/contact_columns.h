// Which column of a contact list holds what.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dundun {

struct ContactColumns {
  std::optional<size_t> phone;  // the first of phone, phone_number, mobile, msisdn, to, number
  std::optional<size_t> name;   // name, or else first_name
  std::vector<size_t> others;   // in their order; contacts.data holds their values
};

ContactColumns find_contact_columns(std::span<const std::string> headers);
// The headers of `others`.
std::vector<std::string> data_headers(std::span<const std::string> headers);

}  // namespace dundun
