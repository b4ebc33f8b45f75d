// The tenants' connections to RingCentral (table rc_connections): their authorizations, and how
// these are kept alive. Only these functions read tokens from the database.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/config.h"
#include "common/carrier/ringcentral/api.h"
#include "common/io/pg.h"

namespace dundun {

// A RingCentral user of a tenant.
struct RcUser {
  int64_t account_id = 0;
  std::string extension_id;
};

enum class RcCredential : int16_t { kRefreshToken = 1, kJwt = 2 };

// The settings of the carrier of kind ringcentral with this name; "": of the first one.
// kInvalidState: there is none, or its settings are wrong.
Result<RingCentralSettings> ringcentral_settings(Pg& pg, const Config& config,
                                                 std::string_view carrier = "");

// Seals a secret for the database (AES-256-GCM), bound to the account.
std::string seal_rc_secret(const Config& config, int64_t account_id, std::string_view secret);
// Opens it. kInternal: sealed with another key, or for another account.
Result<std::string> open_rc_secret(const Config& config, int64_t account_id,
                                   std::string_view sealed);

// An access token that is valid for `at_least` from now on. A token that ends sooner is renewed, by
// one process at a time: the row stays locked until the new tokens are committed, because
// RingCentral takes a refresh token only once. If the process dies between RingCentral's answer and
// the commit, the tokens are lost, and the next renewal finds the connection lost. (A JWT can be
// used again.) nullopt: another process renews the token now, or the user is not connected any
// more. kNotFound: RingCentral refuses the credential; this is recorded. kUnavailable,
// kRateLimited: RingCentral does not answer.
Result<std::optional<std::string>> access_token(Pg& pg, const Config& config,
                                                const RingCentralApi& api, const RcUser& user,
                                                std::chrono::seconds at_least);

// Reads the user's numbers from RingCentral and stores them; gives how many can send.
Result<int> take_rc_numbers(Pg& pg, const RingCentralApi& api, const RcUser& user,
                            std::string_view access_token);

// Looks whether the subscription still brings texts. One that RingCentral has suspended or
// blacklisted is deleted and made anew, as RingCentral advises.
Status look_at_subscription(Pg& pg, const RingCentralApi& api, const RcUser& user,
                            std::string_view access_token, const std::string& subscription);

// Renews the subscription to the user's incoming texts. If there is none, or RingCentral does not
// know it, makes a new one, with a new word that its notifications will bear.
Status subscribe_rc(Pg& pg, const RingCentralApi& api, const RcUser& user,
                    std::string_view access_token, const std::optional<std::string>& subscription);

}  // namespace dundun
