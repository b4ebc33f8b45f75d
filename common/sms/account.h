// Whether an account may do anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dundun {

// accounts.status. Who is suspended may come back, so what waits of theirs is held; who is closed
// gets the money back for it.
enum class AccountStatus : int16_t { kActive = 1, kSuspended = 2, kClosed = 3 };

constexpr std::string_view account_status_name(AccountStatus status) {
  if (status == AccountStatus::kActive) return "active";
  return status == AccountStatus::kClosed ? "closed" : "suspended";
}

constexpr std::optional<AccountStatus> parse_account_status(std::string_view name) {
  for (const auto status :
       {AccountStatus::kActive, AccountStatus::kSuspended, AccountStatus::kClosed}) {
    if (account_status_name(status) == name) return status;
  }
  return std::nullopt;
}

}  // namespace dundun
