// Finds who stands behind an API key or a session token.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/identity/caller.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

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

struct Verdict {
  enum class Outcome { kKnown, kUnknown, kUnavailable };
  Outcome outcome = Outcome::kUnknown;
  std::shared_ptr<const Caller> caller{};  // if kKnown
  std::optional<Instant> expires_at{};     // of the key or the session
  std::optional<Credential> stands_for{};  // the key behind a token
};

// It blocks, so it runs in a worker thread, one call at a time, on its own connections. PostgreSQL
// alone says who is known; Redis only keeps what single-use tokens stand for.
class KeyLookup {
 public:
  struct Options {
    std::string database_url;
    std::string redis_url;
    std::chrono::milliseconds statement_timeout;
    std::chrono::milliseconds redis_timeout;
  };
  explicit KeyLookup(const Options& options);

  using Verdicts = std::map<Credential, Verdict>;
  Verdicts look_up(const std::set<Credential>& credentials);

  // account -> tenant id; accounts that could not be looked up now are left out.
  std::map<int64_t, std::string> tenants(const std::set<int64_t>& accounts);

 private:
  using Tokens = std::map<Credential, Credential>;  // token -> key
  Tokens redeem(const std::set<Credential>& credentials, Verdicts& verdicts);
  void ask_keys(Verdicts& verdicts);
  void ask_sessions(Verdicts& verdicts);

  Pg pg_;
  Redis redis_;
  std::map<int64_t, std::string> tenants_;  // they never change
};

}  // namespace dundun
