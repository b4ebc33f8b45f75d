// What an OpenID provider says: its addresses, its keys, and who somebody is (OpenID Connect Core
// 1.0, Discovery 1.0, RFC 7515, RFC 7517). Pure: others fetch and keep these.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"

namespace dundun {

inline constexpr size_t kIdTokenBytesMax = 16'384;

struct OidcAddresses {
  std::string authorization;  // where a browser is sent
  std::string token;          // whom we ask
  std::string keys;
};
// Of the discovery document. kInvalidRequest with what is wrong: another issuer, an address that is
// not there, or a provider without code, S256 or a signature that we take.
Result<OidcAddresses> read_discovery(std::string_view json, std::string_view issuer);

// What an ID token is held against.
struct IdTokenWanted {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  std::string_view role_claim;  // empty: none
  Instant at;
  std::chrono::seconds clock_skew;  // by which the provider's clock may differ from ours
};

struct OidcPerson {
  std::string subject;
  std::string email;  // as it came; empty: none
  bool email_verified = false;
  std::string name;
  std::vector<std::string> roles;  // the values of the role claim
};

// kUnknownKey: no key of the set can have signed it; a newer set may have it. kWrong: `why`.
struct IdTokenRefusal {
  enum class Kind { kUnknownKey, kWrong };
  Kind kind = Kind::kWrong;
  std::string why;  // for the log; names a claim and no value
};
struct IdTokenVerdict {
  std::optional<OidcPerson> person;
  IdTokenRefusal refusal;
};
// Core section 3.1.3.7. The signature is by RS256 or ES256 of a key of the set, never by none and
// never by a shared secret.
IdTokenVerdict read_id_token(std::string_view token, std::string_view key_set,
                             const IdTokenWanted& wanted);

}  // namespace dundun
