#include "common/identity/caller.h"

#include <utility>

namespace dundun {
namespace {

constexpr std::pair<Role, std::string_view> kRoles[] = {{Role::kViewer, "viewer"},
                                                        {Role::kDeveloper, "developer"},
                                                        {Role::kOwner, "owner"},
                                                        {Role::kAdmin, "admin"}};

}  // namespace

std::string_view role_name(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "none";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const auto& [role, known] : kRoles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

void Caller::take_role(Role user_role) {
  role = user_role;
  may_query = role >= Role::kViewer;
  may_send = may_webhooks = role >= Role::kDeveloper;
  may_admin = role >= Role::kOwner;
}

}  // namespace dundun
