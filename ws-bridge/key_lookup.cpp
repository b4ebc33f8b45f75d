#include "ws-bridge/key_lookup.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/identity/caller_rows.h"
#include "common/identity/ws_token.h"
#include "common/io/crypto.h"
#include "sql/bridge.h"
#include "sql/callers.h"

namespace dundun {
namespace {

// The hashes of one kind that have no verdict yet.
PgArray open_hashes(const KeyLookup::Verdicts& verdicts, Credential::Kind kind) {
  PgArray hashes(PgArray::Type::kBytea);
  for (const auto& [credential, verdict] : verdicts) {
    if (credential.kind == kind && verdict.outcome == Verdict::Outcome::kUnavailable) {
      hashes.add(std::string_view(credential.hash));
    }
  }
  return hashes;
}

void settle_unknown(KeyLookup::Verdicts& verdicts, Credential::Kind kind) {
  for (auto& [credential, verdict] : verdicts) {
    if (credential.kind == kind && verdict.outcome == Verdict::Outcome::kUnavailable) {
      verdict.outcome = Verdict::Outcome::kUnknown;
    }
  }
}

}  // namespace

Credential api_key_credential(std::string_view key) {
  return {Credential::Kind::kApiKey, sha256(key)};
}

Credential session_credential(std::string_view token) {
  return {Credential::Kind::kSession, sha256(token)};
}

Credential token_credential(std::string_view token) {
  const bool is_single_use = token.starts_with(kWsTokenPrefix);
  return {is_single_use ? Credential::Kind::kToken : Credential::Kind::kSession, sha256(token)};
}

KeyLookup::KeyLookup(const Options& options)
    : pg_(Pg::Options{.url = options.database_url,
                      .statement_timeout = options.statement_timeout,
                      .application = "dundun ws-bridge"}),
      redis_(Redis::Options{.url = options.redis_url, .timeout = options.redis_timeout}) {}

KeyLookup::Verdicts KeyLookup::look_up(const std::set<Credential>& credentials) {
  Verdicts verdicts;
  const Verdict open{.outcome = Verdict::Outcome::kUnavailable};
  for (const Credential& credential : credentials) verdicts.emplace(credential, open);
  const Tokens tokens = redeem(credentials, verdicts);
  ask_keys(verdicts);
  ask_sessions(verdicts);
  for (const auto& [token, key] : tokens) {
    verdicts[token] = verdicts[key];
    verdicts[token].stands_for = key;
  }
  return verdicts;
}

// Taken out of Redis with the look: a second use finds nothing. Their keys are asked for with the
// others.
KeyLookup::Tokens KeyLookup::redeem(const std::set<Credential>& credentials, Verdicts& verdicts) {
  std::vector<RedisCommand> commands;
  std::vector<Credential> tokens;
  for (const Credential& credential : credentials) {
    if (credential.kind != Credential::Kind::kToken) continue;
    tokens.push_back(credential);
    commands.push_back({"GETDEL", ws_token_key(credential.hash)});
  }
  if (commands.empty()) return {};
  const auto replies = redis_.run_pipeline(commands);
  if (!replies) return {};
  Tokens found;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::string& key_hash = (*replies)[i].text;
    if ((*replies)[i].kind != RedisReply::Kind::kString) {
      verdicts[tokens[i]].outcome = Verdict::Outcome::kUnknown;
      continue;
    }
    const Credential key{Credential::Kind::kApiKey, key_hash};
    verdicts.emplace(key, Verdict{.outcome = Verdict::Outcome::kUnavailable});
    found.emplace(tokens[i], key);
  }
  return found;
}

std::map<int64_t, std::string> KeyLookup::tenants(const std::set<int64_t>& accounts) {
  constexpr auto& col = sql::bridge_tenants;
  std::map<int64_t, std::string> named;
  PgArray unknown(PgArray::Type::kInt8);
  for (const int64_t account : accounts) {
    const auto known = tenants_.find(account);
    if (known != tenants_.end()) {
      named.insert(*known);
    } else {
      unknown.add(account);
    }
  }
  if (unknown.size() == 0) return named;
  const auto rows = pg_.run(sql::bridge_tenants, {unknown.finish()});
  for (int row = 0; rows && row < rows->size(); ++row) {
    tenants_[rows->i64(row, col.account_id)] = named[rows->i64(row, col.account_id)] =
        rows->text(row, col.tenant_id);
  }
  return named;
}

void KeyLookup::ask_keys(Verdicts& verdicts) {
  const PgArray hashes = open_hashes(verdicts, Credential::Kind::kApiKey);
  if (hashes.size() == 0) return;
  const auto rows = pg_.run(sql::callers_of_keys, {hashes.finish()});
  if (!rows) {
    log(LogLevel::kWarning, "lookup_failed", {{"detail", rows.error().detail}});
    return;
  }
  for (int row = 0; row < rows->size(); ++row) {
    auto caller = std::make_shared<const Caller>(key_caller(*rows, row));
    std::optional<Instant> end;
    if (caller->expires_at_unix != 0) end = Instant{std::chrono::seconds(caller->expires_at_unix)};
    verdicts[{Credential::Kind::kApiKey, caller->key_hash}] = {
        .outcome = Verdict::Outcome::kKnown, .caller = caller, .expires_at = end};
  }
  settle_unknown(verdicts, Credential::Kind::kApiKey);
}

void KeyLookup::ask_sessions(Verdicts& verdicts) {
  const PgArray hashes = open_hashes(verdicts, Credential::Kind::kSession);
  if (hashes.size() == 0) return;
  const auto rows = pg_.run(sql::callers_of_sessions, {hashes.finish()});
  if (!rows) {
    log(LogLevel::kWarning, "lookup_failed", {{"detail", rows.error().detail}});
    return;
  }
  constexpr auto& col = sql::callers_of_sessions;
  for (int row = 0; row < rows->size(); ++row) {
    verdicts[{Credential::Kind::kSession, std::string(rows->text(row, col.token_hash))}] = {
        .outcome = Verdict::Outcome::kKnown,
        .caller = std::make_shared<const Caller>(session_caller(*rows, row)),
        .expires_at = rows->maybe_instant(row, col.expires_at)};
  }
  settle_unknown(verdicts, Credential::Kind::kSession);
}

}  // namespace dundun
