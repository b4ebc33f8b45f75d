// Who may do what. One place decides: for HTTP in both dialects, for the bridge's sockets, and for
// whatever speaks to us next. Pure: what is known of the caller goes in, a verdict comes out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/identity/caller.h"

namespace dundun {

// The right that an operation asks for.
enum class Access {
  kPublic,  // no key
  kLocal,   // only on the metrics listener (nginx passes LOCAL_LISTENER=1)
  // A key with the scope, or a user whose role has the right:
  kQuery,
  kSend,
  kWebhooks,
  kManage,  // scope admin; owners
  kTenant,  // the apps of a tenant: who manages the account, or an app of role admin
  // Users only:
  kSession,   // every user who is logged in
  kOwner,     // owners of the account
  kPlatform,  // admins of the platform
};

// The environments in which an operation may be called. What is the account's own (its settings,
// webhooks, people, evidence) is no test key's business. A session is one person with both.
enum class Serves { kBoth, kLive };

// How lately somebody who has a second factor must have shown it.
enum class Proof { kAtLogin, kFresh };

// What an operation asks of its caller; stands in the route table.
struct Demand {
  constexpr Demand(Access right, Serves environments = Serves::kBoth, Proof shown = Proof::kAtLogin)
      : access(right), serves(environments), proof(shown) {}
  Access access;
  Serves serves;
  Proof proof;
};
constexpr Demand live(Access access) { return {access, Serves::kLive}; }
// For what is dangerous in a stolen session: money by hand, rights, secrets.
constexpr Demand fresh(Access access) { return {access, Serves::kBoth, Proof::kFresh}; }

// The two vocabularies of the API (docs/glossary.md). A key of an app opens the second only.
enum class Dialect { kFirst, kSecond };

// How, from where and when somebody calls.
struct Visit {
  Dialect dialect = Dialect::kFirst;
  std::string_view address;  // of the client
  Instant at;
  std::chrono::seconds fresh_for{600};  // how long a second factor counts as just shown
};

// False for operations that need no key and no session.
bool needs_caller(Access access);

bool has_right(const Caller& caller, Access access);

// Whether what the operation does for this caller is about the caller's account alone: not for whom
// needs no caller, and not for who looks after several accounts.
bool is_of_one_account(const Caller& caller, Access access);

// kInvalidApiKey: the key has expired. kAddressNotAllowed: it is for other networks.
// kAccountSuspended. kInsufficientScope: with what the caller lacks. kSecondFactorStale: the
// operation wants it shown again.
Status authorize(const Caller& caller, const Demand& demand, const Visit& visit);

// The environments of which the caller may see messages, texts and events: a test key those of the
// tests; everybody else both.
std::vector<Environment> visible_environments(const Caller& caller);

// Whether the caller is an administrator of the platform.
bool runs_platform(const Caller& caller);

// Whether the caller sees every tenant: an app of role admin, or an administrator of the platform.
bool sees_all_tenants(const Caller& caller);

// The app whose messages the caller sees; none: all of the accounts that it sees.
std::optional<std::string> visible_app(const Caller& caller);

// What the holder of a key may do. Who makes, changes or renews a key asks may_touch() or
// may_give(): nobody grants or touches more than he has.
struct KeyRights {
  Environment environment = Environment::kLive;
  std::vector<std::string> scopes;      // send, query, webhooks, admin
  bool all_tenants = false;             // as an app of role admin
  std::vector<std::string> networks{};  // empty: from everywhere
  std::optional<Instant> expires_at{};  // none: never
};

// kInsufficientScope if the rights are above the caller's: an app that sees all tenants, or a live
// key if the caller is a test key. (A session's environment only says what it looks at.)
Status may_touch(const Caller& caller, const KeyRights& rights);

// kInsufficientScope if may_touch() refuses, or if the rights have a scope, a network or a time
// that the caller does not have.
Status may_give(const Caller& caller, const KeyRights& rights);

}  // namespace dundun
