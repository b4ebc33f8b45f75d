#include "common/identity/passkey.h"

#include <algorithm>

#include "common/identity/user_fields.h"
#include "common/io/cbor.h"
#include "common/io/crypto.h"
#include "common/io/json.h"

namespace dundun {
namespace {

constexpr size_t kRpIdHashBytes = 32, kAaguidBytes = 16;
// Flags of authenticator data (section 6.1).
constexpr uint8_t kUserPresent = 1, kUserVerified = 4, kBackupEligible = 8, kBackedUp = 16,
                  kHasCredential = 64, kHasExtensions = 128;
// Members of a COSE key (RFC 9052 section 7, RFC 9053 section 7, RFC 8230 section 4).
constexpr int64_t kKeyType = 1, kKeyAlgorithm = 3, kCurve = -1, kX = -2, kY = -3, kModulus = -1,
                  kExponent = -2;
constexpr int64_t kTypeOkp = 1, kTypeEc2 = 2, kTypeRsa = 3, kCurveP256 = 1, kCurveEd25519 = 6;

Error wrong(const char* field, const std::string& why) {
  return invalid_field(field, why, "value_error.passkey");
}

// Takes bytes from the front; nullopt: so many are not there.
class Bytes {
 public:
  explicit Bytes(std::string_view all) : rest_(all) {}
  std::optional<std::string_view> take(size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::optional<uint32_t> big_endian(size_t count) {
    const auto taken = take(count);
    if (!taken) return std::nullopt;
    uint32_t number = 0;
    for (const char c : *taken) number = number << 8 | static_cast<unsigned char>(c);
    return number;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct Head {
  uint8_t flags;
  ShownPasskey shown;
  Bytes rest;
};

// The beginning that both kinds of authenticator data have.
Result<Head> read_head(std::string_view data, const RelyingParty& party, const char* field) {
  Bytes bytes(data);
  const auto rp_id_hash = bytes.take(kRpIdHashBytes);
  const auto flags = bytes.big_endian(1);
  const auto count = bytes.big_endian(4);
  if (!rp_id_hash || !flags || !count) return wrong(field, "authenticator data is truncated");
  if (*rp_id_hash != sha256(party.id)) {
    return wrong(field, "rpIdHash: this passkey is of another site, not of " + party.id);
  }
  const auto has = [&](uint8_t flag) { return (*flags & flag) != 0; };
  if (!has(kUserPresent)) return wrong(field, "flags: nobody touched the authenticator");
  if (has(kBackedUp) && !has(kBackupEligible)) {
    return wrong(field, "flags: backed up, and not eligible for it");
  }
  return Head{static_cast<uint8_t>(*flags),
              {*count, has(kUserVerified), has(kBackupEligible), has(kBackedUp)},
              bytes};
}

// Extensions, if there are any, are the end; we asked for none and use none.
Status read_end(const Head& head, std::string_view rest, const char* field) {
  if ((head.flags & kHasExtensions) != 0) {
    const auto extensions = read_cbor(rest);
    if (!extensions) return wrong(field, "extensions: CBOR " + extensions.error().message);
    if (extensions->value.kind != CborValue::Kind::kMap) {
      return wrong(field, "extensions: no map");
    }
    rest.remove_prefix(extensions->bytes);
  }
  if (!rest.empty()) return wrong(field, "bytes follow the authenticator data");
  return Done{};
}

bool has_integer(const CborValue& key, int64_t name, int64_t wanted) {
  const CborValue* value = key.find(name);
  return value != nullptr && value->kind == CborValue::Kind::kInteger && value->integer == wanted;
}

std::string_view part(const CborValue& key, int64_t name) {
  const std::string* bytes = key.bytes(name);
  return bytes == nullptr ? std::string_view() : std::string_view(*bytes);
}

// The key in DER; nullopt: not whole, weak, or of a kind that its algorithm does not have.
std::optional<std::string> der_of(const CborValue& key, SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kEs256:
      if (!has_integer(key, kKeyType, kTypeEc2)) return std::nullopt;
      if (!has_integer(key, kCurve, kCurveP256)) return std::nullopt;
      return p256_key(part(key, kX), part(key, kY));
    case SignatureAlgorithm::kEdDsa:
      if (!has_integer(key, kKeyType, kTypeOkp)) return std::nullopt;
      if (!has_integer(key, kCurve, kCurveEd25519)) return std::nullopt;
      return ed25519_key(part(key, kX));
    case SignatureAlgorithm::kRs256:
      if (!has_integer(key, kKeyType, kTypeRsa)) return std::nullopt;
      return rsa_key(part(key, kModulus), part(key, kExponent));
  }
  return std::nullopt;
}

std::optional<SignatureAlgorithm> algorithm_of(const CborValue& key) {
  for (const SignatureAlgorithm known :
       {SignatureAlgorithm::kEs256, SignatureAlgorithm::kEdDsa, SignatureAlgorithm::kRs256}) {
    if (has_integer(key, kKeyAlgorithm, static_cast<int64_t>(known))) return known;
  }
  return std::nullopt;
}

Result<NewPasskey> read_credential(const Head& head) {
  Bytes bytes = head.rest;
  if ((head.flags & kHasCredential) == 0) return wrong(kAttestationField, "flags: no credential");
  const auto aaguid = bytes.take(kAaguidBytes);
  const auto size = bytes.big_endian(2);
  if (!aaguid || !size) return wrong(kAttestationField, "authenticator data is truncated");
  if (*size == 0 || *size > kCredentialIdBytesMax) {
    return wrong(kAttestationField, "credentialId: 1 to 1023 bytes");
  }
  const auto id = bytes.take(*size);
  if (!id) return wrong(kAttestationField, "authenticator data is truncated");
  const auto key = read_cbor(bytes.rest());
  if (!key) {
    return wrong(kAttestationField, "credentialPublicKey: CBOR " + key.error().message);
  }
  const auto algorithm = algorithm_of(key->value);
  if (!algorithm) {
    return wrong(kAttestationField, "credentialPublicKey: alg is none of -8, -7, -257");
  }
  const auto der = der_of(key->value, *algorithm);
  if (!der) return wrong(kAttestationField, "credentialPublicKey: no key of its algorithm");
  TRY(read_end(head, bytes.rest().substr(key->bytes), kAttestationField));
  return NewPasskey{std::string(*id),
                    *algorithm,
                    *der,
                    head.shown.sign_count,
                    head.shown.user_verified,
                    head.shown.backup_eligible,
                    head.shown.backed_up};
}

std::string host_of_url(std::string_view url) {
  const size_t scheme = url.find("://");
  std::string_view host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  return std::string(host.substr(0, host.find(':')));
}

}  // namespace

std::optional<RelyingParty> relying_party(const std::string& portal_url,
                                          std::span<const std::string> more_origins) {
  if (portal_url.empty()) return std::nullopt;
  const std::string origin = lower_case(portal_url);  // as browsers write it
  RelyingParty party{host_of_url(origin), {origin}};
  party.origins.insert(party.origins.end(), more_origins.begin(), more_origins.end());
  return party;
}

Result<std::string> read_client_data(std::string_view json, Ceremony ceremony,
                                     const RelyingParty& party) {
  const auto document = JsonDocument::parse(json);
  if (!document || !document->root().is_object()) return wrong(kClientDataField, "no JSON object");
  const auto text = [&](const char* name) {
    const auto value = document->root().find(name);
    return value && value->is_string() ? value->string() : std::string_view();
  };
  const std::string_view type = ceremony == Ceremony::kCreate ? "webauthn.create" : "webauthn.get";
  if (text("type") != type) return wrong(kClientDataField, "type: not " + std::string(type));
  if (std::ranges::find(party.origins, text("origin")) == party.origins.end()) {
    return wrong(kClientDataField, "origin: this is not a page of " + party.origins.front());
  }
  const auto crossing = document->root().find("crossOrigin");
  const bool framed = crossing && !(crossing->is_bool() && !crossing->boolean());
  if (framed || document->root().find("topOrigin")) {
    return wrong(kClientDataField, "crossOrigin: a page inside another one");
  }
  const auto challenge = from_base64url(text("challenge"));
  if (!challenge || challenge->size() != kChallengeBytes) {
    return wrong(kClientDataField, "challenge: none of ours");
  }
  return *challenge;
}

Result<NewPasskey> read_attestation(std::string_view object, const RelyingParty& party) {
  const auto read = read_cbor(object);
  if (!read) return wrong(kAttestationField, "CBOR " + read.error().message);
  const CborValue& map = read->value;
  const CborValue* format = map.find("fmt");
  const CborValue* statement = map.find("attStmt");
  const std::string* data = map.bytes("authData");
  if (format == nullptr || format->kind != CborValue::Kind::kText || statement == nullptr ||
      statement->kind != CborValue::Kind::kMap || data == nullptr) {
    return wrong(kAttestationField, "no map of fmt, attStmt and authData");
  }
  if (read->bytes != object.size()) return wrong(kAttestationField, "bytes follow the CBOR");
  if (format->text == "none" && !statement->items.empty()) {
    return wrong(kAttestationField, "attStmt: of none, and not empty");
  }
  return read_credential(TRY(read_head(*data, party, kAttestationField)));
}

Result<ShownPasskey> read_authenticator_data(std::string_view data, const RelyingParty& party) {
  const Head head = TRY(read_head(data, party, kAuthenticatorField));
  if ((head.flags & kHasCredential) != 0) {
    return wrong(kAuthenticatorField, "flags: a credential, where none is made");
  }
  TRY(read_end(head, head.rest.rest(), kAuthenticatorField));
  return head.shown;
}

bool has_signed(SignatureAlgorithm algorithm, std::string_view public_key,
                const PasskeyAnswer& answer) {
  std::string message(answer.authenticator_data);
  message += sha256(answer.client_data_json);
  return has_signed(algorithm, public_key, Signed{message, answer.signature});
}

}  // namespace dundun
