// Which column of a contact list holds what.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

struct ContactColumns {
  std::optional<size_t> phone;
  std::optional<size_t> name;
  std::vector<size_t> others;  // in their order: what contacts.data holds
};

// By the headers, in the order of what they are called most (phone, phone_number, mobile, msisdn,
// to, number, then other words for them in the languages we serve), compared by header_key.
// `phone_header`: what the upload calls it; then no other column is the phone's.
ContactColumns find_contact_columns(std::span<const std::string> headers,
                                    std::string_view phone_header = {});

// The headers of a stored list, by what they are for.
struct ListHeaders {
  std::vector<std::string> data;  // of `others`
  std::string phone, name;        // empty: there is none
};
// `phone` and `name` as the list's row has them. Without `phone`, the list is from before we kept
// them, and its columns are told by the rule of that time: contacts.data was made by it.
ListHeaders list_headers(std::span<const std::string> headers, std::optional<int16_t> phone,
                         std::optional<int16_t> name);

// "'a', 'b' and 3 more": the columns of a file, for an error.
std::string named_columns(std::span<const std::string> headers);

}  // namespace dundun
