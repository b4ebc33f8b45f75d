#include "common/sms/sender_id.h"

#include <algorithm>

namespace dundun {

bool is_valid_sender_name(std::string_view name) {
  if (name.empty() || name.size() > 11 || name.front() == ' ' || name.back() == ' ') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ';
  });
}

}  // namespace dundun
