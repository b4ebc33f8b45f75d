#include "common/identity/oidc.h"

#include <algorithm>
#include <array>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/signature.h"

namespace dundun {
namespace {

std::string_view text_member(const JsonValue& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is_string() ? value->string() : std::string_view();
}

std::optional<int64_t> whole_member(const JsonValue& object, std::string_view name) {
  const auto value = object.find(name);
  if (!value || !value->is_integer()) return std::nullopt;
  return value->integer();
}

// A text, or a list of texts.
std::vector<std::string> texts_of(const std::optional<JsonValue>& value) {
  std::vector<std::string> texts;
  if (!value) return texts;
  if (value->is_string()) texts.emplace_back(value->string());
  if (!value->is_array()) return texts;
  for (const JsonValue& item : value->items()) {
    if (item.is_string()) texts.emplace_back(item.string());
  }
  return texts;
}

bool lists(const JsonValue& object, std::string_view name, std::string_view wanted) {
  const std::vector<std::string> texts = texts_of(object.find(name));
  return std::ranges::find(texts, wanted) != texts.end();
}

Error no_provider(const std::string& why) {
  return fail(ErrorCode::kInvalidRequest, "the discovery document " + why);
}

// The parts of a token in compact form (RFC 7515 section 3.1).
struct TokenParts {
  std::string signed_text;
  std::string header, claims;  // JSON
  std::string signature;
};

std::optional<TokenParts> parts_of(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == token.npos ? first : token.find('.', first + 1);
  if (token.size() > kIdTokenBytesMax || second == token.npos) return std::nullopt;
  if (token.find('.', second + 1) != token.npos) return std::nullopt;
  const auto header = from_base64url(token.substr(0, first));
  const auto claims = from_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = from_base64url(token.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  return TokenParts{std::string(token.substr(0, second)), *header, *claims, *signature};
}

// The key in DER, if it is one for this algorithm.
std::optional<std::string> key_in_der(const JsonValue& key, SignatureAlgorithm algorithm) {
  const auto part = [&](const char* name) {
    return from_base64url(text_member(key, name)).value_or("");
  };
  const std::string_view use = text_member(key, "use");
  if (!use.empty() && use != "sig") return std::nullopt;
  if (algorithm == SignatureAlgorithm::kRs256) {
    if (text_member(key, "kty") != "RSA") return std::nullopt;
    return rsa_key(part("n"), part("e"));
  }
  if (text_member(key, "kty") != "EC" || text_member(key, "crv") != "P-256") return std::nullopt;
  return p256_key(part("x"), part("y"));
}

// The one key that the header names; without a name, the only one that there is for it.
std::optional<std::string> signer_of(std::string_view key_set, std::string_view kid,
                                     SignatureAlgorithm algorithm) {
  const auto document = JsonDocument::parse(key_set);
  if (!document || !document->root().is_object()) return std::nullopt;
  const auto keys = document->root().find("keys");
  if (!keys || !keys->is_array()) return std::nullopt;
  std::vector<std::string> fitting;
  for (const JsonValue& key : keys->items()) {
    if (!key.is_object()) continue;
    if (!kid.empty() && text_member(key, "kid") != kid) continue;
    if (auto der = key_in_der(key, algorithm)) fitting.push_back(*std::move(der));
  }
  if (fitting.size() != 1) return std::nullopt;
  return fitting.front();
}

std::optional<SignatureAlgorithm> algorithm_named(std::string_view name) {
  if (name == "RS256") return SignatureAlgorithm::kRs256;
  if (name == "ES256") return SignatureAlgorithm::kEs256;
  return std::nullopt;
}

const char* wrong_time(const JsonValue& claims, const IdTokenWanted& wanted) {
  constexpr int64_t kMicrosASecond = 1'000'000;
  const int64_t now_s = unix_micros(wanted.at) / kMicrosASecond;
  const int64_t skew_s = wanted.clock_skew.count();
  const auto expires = whole_member(claims, "exp");
  const auto issued = whole_member(claims, "iat");
  if (!expires || *expires <= now_s - skew_s) return "exp: over, or not there";
  if (!issued || *issued > now_s + skew_s) return "iat: ahead of us, or not there";
  const auto begins = claims.find("nbf");
  if (begins && (!begins->is_integer() || begins->integer() > now_s + skew_s)) {
    return "nbf: ahead of us";
  }
  return nullptr;
}

// nullptr: none.
const char* wrong_claim(const JsonValue& claims, const IdTokenWanted& wanted) {
  if (text_member(claims, "iss") != wanted.issuer) return "iss: another provider";
  const std::vector<std::string> audience = texts_of(claims.find("aud"));
  if (std::ranges::find(audience, wanted.client_id) == audience.end()) return "aud: not for us";
  const std::string_view party = text_member(claims, "azp");
  if (party.empty() ? audience.size() > 1 : party != wanted.client_id) return "azp: not for us";
  if (const char* wrong = wrong_time(claims, wanted)) return wrong;
  if (wanted.nonce.empty() || text_member(claims, "nonce") != wanted.nonce) {
    return "nonce: of another login";
  }
  if (text_member(claims, "sub").empty()) return "sub: not there";
  return nullptr;
}

IdTokenVerdict refused(IdTokenRefusal::Kind kind, std::string why) {
  return {std::nullopt, {kind, std::move(why)}};
}

OidcPerson person_in(const JsonValue& claims, std::string_view role_claim) {
  OidcPerson person;
  person.subject = text_member(claims, "sub");
  person.email = text_member(claims, "email");
  const auto verified = claims.find("email_verified");
  person.email_verified = verified && verified->is_bool() && verified->boolean();
  person.name = text_member(claims, "name");
  if (!role_claim.empty()) person.roles = texts_of(claims.find(role_claim));
  return person;
}

}  // namespace

Result<OidcAddresses> read_discovery(std::string_view json, std::string_view issuer) {
  const auto document = JsonDocument::parse(json);
  if (!document || !document->root().is_object()) return no_provider("is no JSON object");
  const JsonValue root = document->root();
  if (text_member(root, "issuer") != issuer) return no_provider("is of another issuer");
  OidcAddresses addresses{std::string(text_member(root, "authorization_endpoint")),
                          std::string(text_member(root, "token_endpoint")),
                          std::string(text_member(root, "jwks_uri"))};
  if (addresses.authorization.empty() || addresses.token.empty() || addresses.keys.empty()) {
    return no_provider("lacks an address");
  }
  if (!lists(root, "response_types_supported", "code")) return no_provider("knows no code");
  if (!lists(root, "id_token_signing_alg_values_supported", "RS256") &&
      !lists(root, "id_token_signing_alg_values_supported", "ES256")) {
    return no_provider("knows neither RS256 nor ES256");
  }
  return addresses;
}

IdTokenVerdict read_id_token(std::string_view token, std::string_view key_set,
                             const IdTokenWanted& wanted) {
  using Kind = IdTokenRefusal::Kind;
  const auto parts = parts_of(token);
  if (!parts) return refused(Kind::kWrong, "no token");
  const auto header = JsonDocument::parse(parts->header);
  const auto claims = JsonDocument::parse(parts->claims);
  if (!header || !header->root().is_object() || !claims || !claims->root().is_object()) {
    return refused(Kind::kWrong, "no token");
  }
  const auto algorithm = algorithm_named(text_member(header->root(), "alg"));
  if (!algorithm) return refused(Kind::kWrong, "alg: neither RS256 nor ES256");
  if (header->root().find("crit")) return refused(Kind::kWrong, "crit: nothing that we know");
  const auto key = signer_of(key_set, text_member(header->root(), "kid"), *algorithm);
  if (!key) return refused(Kind::kUnknownKey, "kid: no key of the provider's");
  std::string signature = parts->signature;
  if (*algorithm == SignatureAlgorithm::kEs256) signature = der_signature(signature).value_or("");
  if (!has_signed(*algorithm, *key, Signed{parts->signed_text, signature})) {
    return refused(Kind::kWrong, "the signature is not the key's");
  }
  if (const char* wrong = wrong_claim(claims->root(), wanted)) return refused(Kind::kWrong, wrong);
  return {person_in(claims->root(), wanted.role_claim), {}};
}

}  // namespace dundun
