// Accounts, keys and money for a test, written straight into its database.
#pragma once

#include <string>

#include "common/io/pg.h"

namespace dundun {

struct SeedOptions {
  std::string currency = "KES";
  int64_t live_micros = 1'000'000'000;
  int64_t test_micros = 1'000'000'000;
};

int64_t seed_account(Pg& pg, const SeedOptions& options = {});

enum class KeyKind { kLive, kTest };
// A new key, ready for use; `scopes` as a PostgreSQL array text.
std::string seed_key(Pg& pg, int64_t account_id, KeyKind kind = KeyKind::kLive,
                     const std::string& scopes = "{send,query,webhooks}",
                     int rate_per_s = 1'000'000);

inline constexpr const char* kTestPassword = "correct horse battery";
// A user with kTestPassword; `role` viewer, developer, owner or admin. The user's id.
int64_t seed_user(Pg& pg, int64_t account_id, const std::string& email,
                  const std::string& role = "owner");

// Any statement of a test's own, for looking and for breaking things. Aborts the test on failure.
PgRows sql_of_test(Pg& pg, const std::string& text);
int64_t number_of(Pg& pg, const std::string& text);
// Wrong keys are counted by address, and every test has the same.
void forget_bad_keys(const std::string& redis_url);
// After a change of configuration made by SQL.
void configuration_changed(Pg& pg, const std::string& redis_url);

}  // namespace dundun
