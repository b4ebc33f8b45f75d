#include "common/identity/authorization.h"

#include <algorithm>

namespace dundun {
namespace {

constexpr int64_t kMicrosASecond = 1'000'000;

Error beyond(std::string message) {
  return fail(ErrorCode::kInsufficientScope, std::move(message));
}

bool is_test_key(const Caller& caller) {
  return !caller.is_session() && caller.environment == Environment::kTest;
}

bool is_expired(const Caller& caller, Instant at) {
  return caller.expires_at_unix != 0 && caller.expires_at_unix <= unix_micros(at) / kMicrosASecond;
}

// With what the caller lacks.
Error no_right(const Caller& caller, Access access) {
  if (access == Access::kPlatform) return beyond("This is for the platform's administrators.");
  if (access == Access::kSession || (access == Access::kOwner && !caller.is_session())) {
    return beyond("This needs a login, not an API key.");
  }
  if (caller.is_session()) {
    return beyond("The role '" + std::string(role_name(caller.role)) + "' does not allow this.");
  }
  if (access == Access::kTenant) return beyond("Admin API key required");
  const char* scope = access == Access::kQuery      ? "query"
                      : access == Access::kSend     ? "send"
                      : access == Access::kWebhooks ? "webhooks"
                                                    : "admin";
  return beyond("This API key lacks the scope '" + std::string(scope) + "'.");
}

bool is_stale(const Caller& caller, const Visit& visit) {
  return caller.second_factor_at && *caller.second_factor_at + visit.fresh_for <= visit.at;
}

bool has_scope(const Caller& caller, std::string_view scope) {
  if (scope == "send") return caller.may_send;
  if (scope == "query") return caller.may_query;
  if (scope == "webhooks") return caller.may_webhooks;
  return scope == "admin" && has_right(caller, Access::kTenant);
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
  if (caller.expires_at_unix == 0) return true;
  return end && unix_micros(*end) <= caller.expires_at_unix * kMicrosASecond;
}

}  // namespace

bool needs_caller(Access access) { return access != Access::kPublic && access != Access::kLocal; }

bool is_of_one_account(const Caller& caller, Access access) {
  return needs_caller(access) && access != Access::kPlatform && !caller.is_platform_admin;
}

bool has_right(const Caller& caller, Access access) {
  switch (access) {
    case Access::kPublic:
    case Access::kLocal:
      return true;
    case Access::kQuery:
      return caller.may_query;
    case Access::kSend:
      return caller.may_send;
    case Access::kWebhooks:
      return caller.may_webhooks;
    case Access::kManage:
      return caller.may_admin;
    case Access::kTenant:
      return caller.may_admin || sees_all_tenants(caller);
    case Access::kSession:
      return caller.is_session();
    case Access::kOwner:
      return caller.is_session() && caller.role >= Role::kOwner;
    case Access::kPlatform:
      return runs_platform(caller);
  }
  return false;
}

Status authorize(const Caller& caller, const Demand& demand, const Visit& visit) {
  if (!needs_caller(demand.access)) return Done{};
  if (is_expired(caller, visit.at)) return fail(ErrorCode::kInvalidApiKey, "Invalid API key.");
  if (!caller.allowed_networks.empty() && !any_contains(caller.allowed_networks, visit.address)) {
    return fail(ErrorCode::kAddressNotAllowed, "This API key is not for use from this address.");
  }
  if (caller.suspended) return fail(ErrorCode::kAccountSuspended, "This account is suspended.");
  if (!caller.app_id.empty() && visit.dialect != Dialect::kSecond) {
    return beyond("A key of an app is for /v1/sms, /v1/apps, /v1/rc, /v1/triggers and /v1/ws.");
  }
  if (!has_right(caller, demand.access)) return no_right(caller, demand.access);
  if (demand.serves == Serves::kLive && is_test_key(caller)) {
    return beyond("This is the account's own and not for test keys: use a live key.");
  }
  if (demand.proof == Proof::kFresh && is_stale(caller, visit)) {
    return fail(ErrorCode::kSecondFactorStale,
                "Show your second factor again (POST /auth/second-factor), then repeat this.");
  }
  return Done{};
}

std::vector<Environment> visible_environments(const Caller& caller) {
  if (is_test_key(caller)) return {Environment::kTest};
  return {Environment::kLive, Environment::kTest};
}

bool runs_platform(const Caller& caller) { return caller.role == Role::kAdmin; }

bool sees_all_tenants(const Caller& caller) {
  return caller.is_platform_admin || caller.role == Role::kAdmin;
}

std::optional<std::string> visible_app(const Caller& caller) {
  if (caller.app_id.empty() || sees_all_tenants(caller)) return std::nullopt;
  return caller.app_id;
}

Status may_touch(const Caller& caller, const KeyRights& rights) {
  if (rights.all_tenants && !sees_all_tenants(caller)) return beyond("Admin API key required");
  if (is_test_key(caller) && rights.environment != Environment::kTest) {
    return beyond("A test key manages test keys only.");
  }
  return Done{};
}

Status may_give(const Caller& caller, const KeyRights& rights) {
  TRY(may_touch(caller, rights));
  for (const std::string& scope : rights.scopes) {
    if (!has_scope(caller, scope)) {
      return beyond("Nobody gives a right that he lacks: the scope '" + scope + "'.");
    }
  }
  if (!is_within(rights.networks, caller.allowed_networks)) {
    return beyond("A key that is limited to networks gives keys for these networks only.");
  }
  if (!ends_in_time(caller, rights.expires_at)) {
    return beyond("A key that expires gives keys that expire no later.");
  }
  return Done{};
}

}  // namespace dundun
