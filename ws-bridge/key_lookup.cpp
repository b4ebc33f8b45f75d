#include "ws-bridge/key_lookup.h"

#include <chrono>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/identity/ws_token.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "sql/bridge.h"

namespace dundun {
namespace {

// The copy that login puts under session:<hash>. nullopt unless it is whole and not expired.
std::optional<Grant> session_grant(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  if (!document || !document->root().is_object()) return std::nullopt;
  const auto account = document->root().find("account_id");
  const auto expires = document->root().find("expires_at");
  if (!account || !account->is_integer() || !expires || !expires->is_integer()) {
    return std::nullopt;
  }
  const Instant expires_at{std::chrono::seconds(expires->integer())};
  if (expires_at <= now()) return std::nullopt;
  return Grant{.account_id = account->integer(), .expires_at = expires_at};
}

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

KeyLookup::Verdicts KeyLookup::look_up(const Batch& batch) {
  Verdicts verdicts;
  const Verdict open{.outcome = Verdict::Outcome::kUnavailable};
  for (const auto* credentials : {&batch.asked, &batch.rechecked}) {
    for (const Credential& credential : *credentials) verdicts.emplace(credential, open);
  }
  std::set<Credential> sessions_asked;
  for (const Credential& credential : batch.asked) {
    if (credential.kind == Credential::Kind::kSession && !batch.rechecked.contains(credential)) {
      sessions_asked.insert(credential);
    }
  }
  if (!sessions_asked.empty()) ask_redis(sessions_asked, verdicts);
  const Tokens tokens = redeem(batch.asked, verdicts);
  ask_keys(verdicts);
  ask_sessions(verdicts);
  for (const auto& [token, key] : tokens) {
    verdicts[token] = verdicts[key];
    verdicts[token].stands_for = key;
  }
  name_tenants(verdicts);
  return verdicts;
}

// Taken out of Redis with the look: a second use finds nothing. Their keys are asked for with the
// others.
KeyLookup::Tokens KeyLookup::redeem(const std::set<Credential>& asked, Verdicts& verdicts) {
  std::vector<RedisCommand> commands;
  std::vector<Credential> tokens;
  for (const Credential& credential : asked) {
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

// What came from Redis or before a tenant was needed does not know it.
void KeyLookup::name_tenants(Verdicts& verdicts) {
  std::set<int64_t> nameless;
  for (const auto& [credential, verdict] : verdicts) {
    if (verdict.outcome != Verdict::Outcome::kGranted) continue;
    if (verdict.grant.tenant_id.empty()) nameless.insert(verdict.grant.account_id);
  }
  const auto names = tenants(nameless);
  for (auto& [credential, verdict] : verdicts) {
    const auto name = names.find(verdict.grant.account_id);
    if (name != names.end()) verdict.grant.tenant_id = name->second;
  }
}

std::map<int64_t, std::string> KeyLookup::tenants(const std::set<int64_t>& accounts) {
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
    tenants_[rows->i64(row, 0)] = named[rows->i64(row, 0)] = rows->text(row, 1);
  }
  return named;
}

void KeyLookup::ask_redis(const std::set<Credential>& asked, Verdicts& verdicts) {
  std::vector<RedisCommand> commands;
  for (const Credential& credential : asked) {
    commands.push_back({"GET", "session:" + to_hex(credential.hash)});
  }
  const auto replies = redis_.run_pipeline(commands);
  if (!replies || replies->size() != asked.size()) return;  // PostgreSQL knows them too
  size_t i = 0;
  for (const Credential& credential : asked) {
    const RedisReply& reply = (*replies)[i++];
    if (reply.kind != RedisReply::Kind::kString) continue;
    if (const auto grant = session_grant(reply.text)) {
      verdicts[credential] = {.outcome = Verdict::Outcome::kGranted, .grant = *grant};
    }
  }
}

void KeyLookup::ask_keys(Verdicts& verdicts) {
  const PgArray hashes = open_hashes(verdicts, Credential::Kind::kApiKey);
  if (hashes.size() == 0) return;
  const auto rows = pg_.run(sql::bridge_keys, {hashes.finish()});
  if (!rows) {
    log(LogLevel::kWarning, "lookup_failed", {{"detail", rows.error().detail}});
    return;
  }
  for (int row = 0; row < rows->size(); ++row) {
    Verdict& verdict = verdicts[{Credential::Kind::kApiKey, std::string(rows->text(row, 0))}];
    verdict.outcome =
        rows->boolean(row, 3) ? Verdict::Outcome::kGranted : Verdict::Outcome::kNoScope;
    verdict.grant = {.account_id = rows->i64(row, 1),
                     .environment = static_cast<Environment>(rows->i16(row, 2)),
                     .expires_at = rows->maybe_instant(row, 4),
                     .tenant_id = std::string(rows->text(row, 5))};
    if (!rows->is_null(row, 6)) verdict.grant.app_id = rows->text(row, 6);
    verdict.grant.is_admin = rows->boolean(row, 7);
  }
  settle_unknown(verdicts, Credential::Kind::kApiKey);
}

void KeyLookup::ask_sessions(Verdicts& verdicts) {
  const PgArray hashes = open_hashes(verdicts, Credential::Kind::kSession);
  if (hashes.size() == 0) return;
  const auto rows = pg_.run(sql::bridge_sessions, {hashes.finish()});
  if (!rows) {
    log(LogLevel::kWarning, "lookup_failed", {{"detail", rows.error().detail}});
    return;
  }
  for (int row = 0; row < rows->size(); ++row) {
    verdicts[{Credential::Kind::kSession, std::string(rows->text(row, 0))}] = {
        .outcome = Verdict::Outcome::kGranted,
        .grant = {.account_id = rows->i64(row, 1),
                  .expires_at = rows->maybe_instant(row, 2),
                  .tenant_id = std::string(rows->text(row, 3))}};
  }
  settle_unknown(verdicts, Credential::Kind::kSession);
}

}  // namespace dundun
