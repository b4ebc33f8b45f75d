#include "tests/support/seed.h"

#include <cstdio>
#include <cstdlib>
#include <deque>

#include "common/identity/caller.h"
#include "common/io/crypto.h"
#include "common/io/password.h"
#include "common/io/redis.h"

namespace dundun {

PgRows sql_of_test(Pg& pg, const std::string& text) {
  // Statements are prepared by name and kept: each text needs a lasting one.
  static std::deque<std::pair<std::string, std::string>> texts;
  texts.emplace_back("test_" + std::to_string(texts.size()), text);
  const Statement statement{texts.back().first.c_str(), texts.back().second.c_str(), 0};
  auto rows = pg.run(statement, {});
  // A deadlock with the product may hit either side.
  for (int i = 0; i < 10 && !rows && rows.error().detail.find("40P01") != std::string::npos; ++i) {
    rows = pg.run(statement, {});
  }
  if (!rows) {
    std::fprintf(stderr, "test SQL failed: %s\n%s\n", rows.error().detail.c_str(), text.c_str());
    std::abort();
  }
  return *std::move(rows);
}

int64_t number_of(Pg& pg, const std::string& text) {
  return sql_of_test(pg, "select (" + text + ")::bigint").i64(0, 0);
}

int64_t seed_account(Pg& pg, const SeedOptions& options) {
  const PgRows made = sql_of_test(pg, "insert into accounts (name, currency) values ('test', '" +
                                          options.currency + "') returning account_id");
  const std::string id = std::to_string(made.i64(0, 0));
  for (int environment : {0, 1}) {
    const int64_t micros = environment == 0 ? options.live_micros : options.test_micros;
    const std::string wallet = id + ", " + std::to_string(environment);
    const std::string amount = std::to_string(micros);
    sql_of_test(pg,
                "insert into wallets (account_id, environment, currency, balance_micros, seq)"
                " values (" +
                    wallet + ", '" + options.currency + "', " + amount + ", " +
                    (micros > 0 ? "1" : "0") + ")");
    if (micros == 0) continue;
    sql_of_test(pg,
                "insert into ledger_entries (account_id, environment, seq, type,"
                " amount_micros, balance_after_micros, description) values (" +
                    wallet + ", 1, 1, " + amount + ", " + amount + ", 'Opening balance')");
  }
  return made.i64(0, 0);
}

std::string seed_key(Pg& pg, int64_t account_id, KeyKind kind, const std::string& scopes,
                     int rate_per_s) {
  const bool live = kind == KeyKind::kLive;
  const std::string key = (live ? "esms_live_" : "esms_test_") + to_hex(random_bytes(16));
  sql_of_test(pg,
              "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes,"
              " rate_limit_per_s) values ('\\x" +
                  to_hex(sha256(key)) + "', " + std::to_string(account_id) + ", " +
                  (live ? "0" : "1") + ", 'test', 'test', '" + scopes + "', " +
                  std::to_string(rate_per_s) + ")");
  return key;
}

int64_t seed_user(Pg& pg, int64_t account_id, const std::string& email, const std::string& role) {
  static const std::string hash = *hash_password(kTestPassword, {.memory_kib = 64, .passes = 2});
  const std::string account = std::to_string(account_id);
  const PgRows made = sql_of_test(
      pg, "insert into users (account_id, email, name, role, password_hash) values (" + account +
              ", '" + email + "', 'Test', " + std::to_string(static_cast<int>(*parse_role(role))) +
              ", '" + hash + "') returning user_id");
  const int64_t id = made.i64(0, 0);
  sql_of_test(pg, "insert into user_emails values ('" + email + "', " + account + ", " +
                      std::to_string(id) + ")");
  return id;
}

void forget_bad_keys(const std::string& redis_url) {
  Redis redis({.url = redis_url});
  const auto keys = redis.run({"KEYS", "badkeys:*"});
  if (!keys) return;
  for (const RedisReply& key : keys->items) (void)redis.run({"DEL", key.text});
}

void configuration_changed(Pg& pg, const std::string& redis_url) {
  const PgRows rows =
      sql_of_test(pg, "update config_version set version = version + 1 returning version");
  Redis redis({.url = redis_url});
  (void)redis.run({"SET", "config:version", std::to_string(rows.i64(0, 0))});
  (void)redis.run({"PUBLISH", "control", "config"});
}

}  // namespace dundun
