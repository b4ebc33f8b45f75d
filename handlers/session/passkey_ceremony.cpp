#include "handlers/session/passkey_ceremony.h"

#include <algorithm>
#include <array>

#include "common/base/config.h"
#include "common/io/crypto.h"
#include "sql/passkeys.h"

namespace dundun {
namespace {

constexpr size_t kClientDataBytesMax = 4096;
constexpr size_t kAttestationBytesMax = 32'768;  // with certificates of its maker
constexpr size_t kAuthenticatorBytesMax = 4096;
constexpr size_t kSignatureBytesMax = 1024;
constexpr size_t kHandleBytes = 32, kHandleBytesMax = 64;
constexpr int kMillisASecond = 1000;
// AuthenticatorTransport (WebAuthn section 5.8.4), as browsers tell it.
constexpr auto kTransports =
    std::to_array<std::string_view>({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"});

// A member of base64url.
struct Encoded {
  const JsonObject& object;
  const char* name;
  const char* field;  // as an error names it
  size_t bytes_max;
};

Result<std::string> decoded(const Encoded& member) {
  const auto text = TRY(member.object.optional_string(member.name));
  if (!text) return invalid_field(member.field, "field required", "value_error.missing");
  const auto bytes = from_base64url(*text);
  if (!bytes) return invalid_field(member.field, "no base64url", "value_error.passkey");
  if (bytes->size() > member.bytes_max) {
    return invalid_field(member.field, "longer than " + std::to_string(member.bytes_max) + " bytes",
                         "value_error.passkey");
  }
  return *bytes;
}

Result<JsonObject> required_object(const JsonObject& object, const char* name, const char* field) {
  const auto found = TRY(object.optional_object(name));
  if (!found) return invalid_field(field, "field required", "value_error.missing");
  return *found;
}

// What is not known of them is left out: they only help a browser to find the authenticator.
Result<std::vector<std::string>> known_transports(const JsonObject& response) {
  std::vector<std::string> known;
  for (const JsonValue& item : TRY(response.optional_array("transports"))) {
    const bool is_known =
        item.is_string() && std::ranges::find(kTransports, item.string()) != kTransports.end();
    const std::string word = is_known ? std::string(item.string()) : std::string();
    if (is_known && std::ranges::find(known, word) == known.end()) known.push_back(word);
  }
  return known;
}

Status parse_shown(const JsonObject& response, Credential& credential) {
  credential.authenticator_data =
      TRY(decoded({response, "authenticatorData", kAuthenticatorField, kAuthenticatorBytesMax}));
  credential.signature =
      TRY(decoded({response, "signature", "credential.response.signature", kSignatureBytesMax}));
  if (TRY(response.optional_string("userHandle"))) {
    credential.user_handle =
        TRY(decoded({response, "userHandle", "credential.response.userHandle", kHandleBytesMax}));
  }
  return Done{};
}

std::string hash_of(const std::string& purpose) { return sha256("passkey for " + purpose); }

int32_t challenge_lives_s(const Context& context) {
  return context.services.config.sessions.passkey_challenge_s;
}

}  // namespace

Result<RelyingParty> own_party(const Context& context) {
  const SessionConfig& config = context.services.config.sessions;
  auto party = relying_party(config.portal_url, config.origins);
  if (party) return *std::move(party);
  return fail(ErrorCode::kUnavailable,
              "This platform takes no passkeys: PORTAL_URL, for whose host they are, is not set.");
}

Result<Credential> parse_credential(const JsonObject& body, Ceremony ceremony) {
  const JsonObject object = TRY(required_object(body, "credential", "credential"));
  const JsonObject response = TRY(required_object(object, "response", "credential.response"));
  Credential credential;
  credential.id = TRY(decoded({object, "id", "credential.id", kCredentialIdBytesMax}));
  credential.client_data_json =
      TRY(decoded({response, "clientDataJSON", kClientDataField, kClientDataBytesMax}));
  if (ceremony == Ceremony::kGet) {
    TRY(parse_shown(response, credential));
    return credential;
  }
  credential.attestation_object =
      TRY(decoded({response, "attestationObject", kAttestationField, kAttestationBytesMax}));
  credential.transports = TRY(known_transports(response));
  return credential;
}

std::string for_half_session(const std::string& token_hash) {
  return "half session " + to_hex(token_hash);
}

std::string for_session(const char* what, int64_t session_id) {
  return std::string(what) + " session " + std::to_string(session_id);
}

Result<std::string> new_challenge(Context& context, const std::string& purpose) {
  const std::string challenge = random_bytes(kChallengeBytes);
  (void)TRY(context.services.pg.query(sql::passkey_challenge_make, sha256(challenge),
                                      hash_of(purpose), challenge_lives_s(context)));
  return to_base64url(challenge);
}

Status use_challenge(Context& context, const Credential& credential, Ceremony ceremony,
                     const std::string& purpose) {
  const RelyingParty party = TRY(own_party(context));
  const std::string challenge = TRY(read_client_data(credential.client_data_json, ceremony, party));
  const PgRows used = TRY(
      context.services.pg.query(sql::passkey_challenge_use, sha256(challenge), hash_of(purpose)));
  if (used.size() > 0) return Done{};
  return invalid_field(kClientDataField, "challenge: used, too old, or for something else",
                       "value_error.passkey");
}

Result<PgRows> passkeys_of(Context& context, const SecondFactor& factor) {
  return context.services.pg.query(sql::passkeys_of_user, factor.account_id, factor.user_id);
}

namespace {

// A list of PublicKeyCredentialDescriptorJSON.
void write_credentials(JsonWriter& json, const char* name, const PgRows* passkeys) {
  json.key(name).begin_array();
  for (int row = 0; passkeys != nullptr && row < passkeys->size(); ++row) {
    json.begin_object()
        .member("type", "public-key")
        .member("id", std::string_view(
                          to_base64url(passkeys->text(row, sql::passkeys_of_user.credential_id))));
    json.key("transports").begin_array();
    std::string_view words = passkeys->text(row, sql::passkeys_of_user.transports);
    while (!words.empty()) {
      json.value(words.substr(0, words.find(',')));
      words.remove_prefix(std::min(words.size(), words.find(',')));
      if (!words.empty()) words.remove_prefix(1);
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_algorithms(JsonWriter& json) {
  json.key("pubKeyCredParams").begin_array();
  for (const SignatureAlgorithm algorithm :
       {SignatureAlgorithm::kEdDsa, SignatureAlgorithm::kEs256, SignatureAlgorithm::kRs256}) {
    json.begin_object()
        .member("type", "public-key")
        .member("alg", static_cast<int64_t>(algorithm))
        .end_object();
  }
  json.end_array();
}

void write_user_and_party(JsonWriter& json, const RelyingParty& party, const SecondFactor& factor,
                          const std::string& handle, const std::string& site) {
  json.key("rp")
      .begin_object()
      .member("id", std::string_view(party.id))
      .member("name", std::string_view(site))
      .end_object();
  const std::string& shown = factor.name.empty() ? factor.email : factor.name;
  json.key("user")
      .begin_object()
      .member("id", std::string_view(to_base64url(handle)))
      .member("name", std::string_view(factor.email))
      .member("displayName", std::string_view(shown))
      .end_object();
}

Response options_answer(JsonWriter& json) {
  Response response = Response::json(json.end_object().end_object().take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<Response> creation_answer(Context& context, const SecondFactor& factor,
                                 const std::string& purpose) {
  const RelyingParty party = TRY(own_party(context));
  const PgRows owner = TRY(context.services.pg.query(sql::passkey_owner, factor.account_id,
                                                     factor.user_id, random_bytes(kHandleBytes)));
  const PgRows known = TRY(passkeys_of(context, factor));
  const std::string challenge = TRY(new_challenge(context, purpose));
  JsonWriter json;
  json.begin_object().key("public_key").begin_object();
  write_user_and_party(json, party, factor, std::string(owner.text(0, sql::passkey_owner.handle)),
                       context.services.config.sessions.issuer);
  json.member("challenge", std::string_view(challenge))
      .member("timeout", static_cast<int64_t>(challenge_lives_s(context)) * kMillisASecond);
  write_algorithms(json);
  write_credentials(json, "excludeCredentials", &known);
  json.key("authenticatorSelection")
      .begin_object()
      .member("residentKey", "preferred")
      .member("requireResidentKey", false)
      .member("userVerification", "preferred")
      .end_object()
      .member("attestation", "none");
  return options_answer(json);
}

Result<Response> request_answer(Context& context, const PgRows* passkeys,
                                const std::string& purpose) {
  const RelyingParty party = TRY(own_party(context));
  const std::string challenge = TRY(new_challenge(context, purpose));
  JsonWriter json;
  json.begin_object().key("public_key").begin_object();
  json.member("challenge", std::string_view(challenge))
      .member("timeout", static_cast<int64_t>(challenge_lives_s(context)) * kMillisASecond)
      .member("rpId", std::string_view(party.id))
      .member("userVerification", passkeys == nullptr ? "required" : "preferred");
  write_credentials(json, "allowCredentials", passkeys);
  return options_answer(json);
}

}  // namespace dundun
