// Passkeys: what a browser's authenticator answers when one is made or shown (WebAuthn Level 3,
// sections 7.1 and 7.2). Pure: challenges are kept, and keys found, by others.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/io/signature.h"

namespace dundun {

inline constexpr size_t kCredentialIdBytesMax = 1023;  // WebAuthn section 4, Credential ID
inline constexpr size_t kChallengeBytes = 32;

// For whom passkeys are made: the host of the portal, and the pages that may use them.
struct RelyingParty {
  std::string id;
  std::vector<std::string> origins;
};
// Of PORTAL_URL, with PORTAL_ORIGINS; nullopt where no portal is named: then there are no passkeys.
std::optional<RelyingParty> relying_party(const std::string& portal_url,
                                          std::span<const std::string> more_origins);

// What a browser sends of a passkey, decoded from base64url. The fields that errors name.
inline constexpr const char* kClientDataField = "credential.response.clientDataJSON";
inline constexpr const char* kAttestationField = "credential.response.attestationObject";
inline constexpr const char* kAuthenticatorField = "credential.response.authenticatorData";

enum class Ceremony { kCreate, kGet };

// The challenge that the browser's answer bears, in raw bytes. kValidation with the field: no JSON,
// another type, another page's origin, or a page inside another.
Result<std::string> read_client_data(std::string_view json, Ceremony ceremony,
                                     const RelyingParty& party);

// A passkey that was just made.
struct NewPasskey {
  std::string credential_id;
  SignatureAlgorithm algorithm = SignatureAlgorithm::kEs256;
  std::string public_key;  // DER
  uint32_t sign_count = 0;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
};
// Of an attestation object, whose statement is not looked at: we ask for none and trust no maker of
// authenticators, and browsers hand on self attestation unasked (section 5.1.3). kValidation with
// the field and what is wrong with it.
Result<NewPasskey> read_attestation(std::string_view object, const RelyingParty& party);

// What an authenticator says while it signs.
struct ShownPasskey {
  uint32_t sign_count = 0;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
};
// kValidation with the field: truncated, of another portal, or nobody was there.
Result<ShownPasskey> read_authenticator_data(std::string_view data, const RelyingParty& party);

// Whether the key signed this answer.
struct PasskeyAnswer {
  std::string_view authenticator_data;
  std::string_view client_data_json;
  std::string_view signature;
};
bool has_signed(SignatureAlgorithm algorithm, std::string_view public_key,
                const PasskeyAnswer& answer);

}  // namespace dundun
