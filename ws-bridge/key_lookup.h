// Finds the account of an API key or a session token.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "common/sms/environment.h"

namespace dundun {

// A secret that a client showed, as its hash. The secret itself is not kept.
struct Credential {
  enum class Kind {
    kApiKey,
    kSession,
    kToken,  // wst_…: stands for a key, once
  };
  Kind kind = Kind::kApiKey;
  std::string hash;  // SHA-256, 32 raw bytes
  auto operator<=>(const Credential&) const = default;
};

Credential api_key_credential(std::string_view key);
// For `token` in an auth frame: a session's token, or one of POST /v1/ws/token.
Credential token_credential(std::string_view token);
Credential session_credential(std::string_view token);

struct Grant {
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::optional<Instant> expires_at{};
  std::string tenant_id{};
  std::string app_id{};   // of a key of the second dialect, or empty
  bool is_admin = false;  // gets the events of all accounts
};

struct Verdict {
  enum class Outcome { kGranted, kUnknown, kNoScope, kUnavailable };
  Outcome outcome = Outcome::kUnknown;
  Grant grant{};                           // if kGranted
  std::optional<Credential> stands_for{};  // the key behind a token
};

// It blocks, so it runs in a worker thread, one call at a time, on its own connections.
class KeyLookup {
 public:
  struct Options {
    std::string database_url;
    std::string redis_url;
    std::chrono::milliseconds statement_timeout;
    std::chrono::milliseconds redis_timeout;
  };
  explicit KeyLookup(const Options& options);

  // One batch. `asked` are of new sockets: a session is looked up in Redis first. `rechecked` are
  // of sockets that are open: only PostgreSQL says whether they may stay.
  struct Batch {
    std::set<Credential> asked;
    std::set<Credential> rechecked;
  };
  using Verdicts = std::map<Credential, Verdict>;
  Verdicts look_up(const Batch& batch);

  // account -> tenant id; accounts that could not be looked up now are left out.
  std::map<int64_t, std::string> tenants(const std::set<int64_t>& accounts);

 private:
  using Tokens = std::map<Credential, Credential>;  // token -> key
  void ask_redis(const std::set<Credential>& asked, Verdicts& verdicts);
  Tokens redeem(const std::set<Credential>& asked, Verdicts& verdicts);
  void ask_keys(Verdicts& verdicts);
  void ask_sessions(Verdicts& verdicts);
  void name_tenants(Verdicts& verdicts);

  Pg pg_;
  Redis redis_;
  std::map<int64_t, std::string> tenants_;  // they never change
};

}  // namespace dundun
