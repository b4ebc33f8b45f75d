#include "common/identity/grant.h"

#include <algorithm>

namespace dundun {
namespace {

Error beyond(std::string message) {
  return fail(ErrorCode::kInsufficientScope, std::move(message));
}

bool has_scope(const Caller& caller, std::string_view scope) {
  if (scope == "send") return caller.may_send;
  if (scope == "query") return caller.may_query;
  if (scope == "webhooks") return caller.may_webhooks;
  return scope == "admin" && (caller.may_admin || sees_all_tenants(caller));
}

bool is_within(const std::string& text, const std::vector<Network>& networks) {
  const std::optional<Network> wanted = Network::parse(text);
  return wanted && std::ranges::any_of(networks, [&](const Network& own) {
           return own.prefix_bits <= wanted->prefix_bits && own.contains(*wanted);
         });
}

bool is_within(const std::vector<std::string>& wanted, const std::vector<Network>& networks) {
  if (networks.empty()) return true;
  return !wanted.empty() && std::ranges::all_of(wanted, [&](const std::string& text) {
    return is_within(text, networks);
  });
}

bool ends_in_time(const Caller& caller, const std::optional<Instant>& end) {
  constexpr int64_t kMicrosASecond = 1'000'000;
  if (caller.expires_at_unix == 0) return true;
  return end && unix_micros(*end) <= caller.expires_at_unix * kMicrosASecond;
}

}  // namespace

bool sees_all_tenants(const Caller& caller) {
  return caller.is_platform_admin || caller.role == Role::kAdmin;
}

Status may_touch(const Caller& caller, const Grant& grant) {
  if (grant.all_tenants && !sees_all_tenants(caller)) return beyond("Admin API key required");
  const bool tests_only = !caller.is_session() && caller.environment == Environment::kTest;
  if (tests_only && grant.environment != Environment::kTest) {
    return beyond("A test key manages test keys only.");
  }
  return Done{};
}

Status may_give(const Caller& caller, const Grant& grant) {
  TRY(may_touch(caller, grant));
  for (const std::string& scope : grant.scopes) {
    if (!has_scope(caller, scope)) {
      return beyond("Nobody gives a right that he lacks: the scope '" + scope + "'.");
    }
  }
  if (!is_within(grant.networks, caller.allowed_networks)) {
    return beyond("A key that is limited to networks gives keys for these networks only.");
  }
  if (!ends_in_time(caller, grant.expires_at)) {
    return beyond("A key that expires gives keys that expire no later.");
  }
  return Done{};
}

}  // namespace dundun
