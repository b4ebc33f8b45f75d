// What an identity provider says: discovery documents, and tokens that are none. Whole logins with
// real keys are in tests/integration/oidc_test.cpp.
#include "common/identity/oidc.h"

#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/signature.h"
#include "tests/support/text.h"

namespace dundun {
namespace oidc_unit_test {

constexpr std::string_view kIssuer = "https://id.example";

std::string discovery(const std::string& more) {
  return R"({"issuer":"https://id.example","authorization_endpoint":"https://id.example/a",)"
         R"("token_endpoint":"https://id.example/t","jwks_uri":"https://id.example/k",)"
         R"("response_types_supported":["code"],)"
         R"("id_token_signing_alg_values_supported":["ES256"])" +
         more + "}";
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(OidcTest, ADiscoveryDocumentIsOfItsIssuerAndWhole) {
  const auto addresses = read_discovery(discovery(""), kIssuer);
  ASSERT_TRUE(addresses);
  EXPECT_EQ(addresses->authorization, "https://id.example/a");
  EXPECT_EQ(addresses->token, "https://id.example/t");
  EXPECT_EQ(addresses->keys, "https://id.example/k");
  EXPECT_FALSE(read_discovery(discovery(""), "https://id.example/"));
  EXPECT_FALSE(read_discovery("[]", kIssuer));
  EXPECT_FALSE(read_discovery("{", kIssuer));
  for (const auto& [what, by] :
       {std::pair("token_endpoint", "no_endpoint"), std::pair("jwks_uri", "no_uri"),
        std::pair("authorization_endpoint", "none"), std::pair("[\"code\"]", "[\"token\"]"),
        std::pair("[\"ES256\"]", "[\"HS256\",\"none\"]")}) {
    EXPECT_FALSE(read_discovery(replaced(discovery(""), what, by), kIssuer)) << what;
  }
}

TEST(OidcTest, WhatIsNoTokenIsRefusedWithAWord) {
  const IdTokenWanted wanted{kIssuer, "us", "nonce", "", Instant(), std::chrono::seconds(300)};
  const auto why = [&](const std::string& token) {
    const IdTokenVerdict verdict = read_id_token(token, R"({"keys":[]})", wanted);
    EXPECT_FALSE(verdict.person);
    return verdict.refusal.why;
  };
  const std::string empty = to_base64url("{}");
  EXPECT_EQ(why(""), "no token");
  EXPECT_EQ(why("a.b"), "no token");
  EXPECT_EQ(why(empty + "." + empty + ".AAAA.AAAA"), "no token");
  EXPECT_EQ(why(empty + "." + to_base64url("[]") + ".AAAA"), "no token");
  EXPECT_EQ(why(empty + "." + empty + "." + std::string(kIdTokenBytesMax, 'A')), "no token");
  EXPECT_EQ(why(empty + "." + empty + ".AAAA"), "alg: neither RS256 nor ES256");
  for (const char* alg : {"none", "None", "HS256", "RS384", "ES384", ""}) {
    const std::string header = to_base64url(R"({"alg":")" + std::string(alg) + "\"}");
    EXPECT_EQ(why(header + "." + empty + ".AAAA"), "alg: neither RS256 nor ES256") << alg;
  }
  const std::string good = to_base64url(R"({"alg":"RS256"})");
  EXPECT_EQ(why(good + "." + empty + ".AAAA"), "kid: no key of the provider's");
}

// RFC 7515 appendix A.3: ECDSA on P-256, as JOSE writes it.
TEST(OidcTest, AJoseSignatureOfTheStandardIsTheKeys) {
  const auto key = p256_key(*from_base64url("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                            *from_base64url("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key);
  const std::string message =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ";
  const std::string jose = *from_base64url(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  const auto der = der_signature(jose);
  ASSERT_TRUE(der);
  EXPECT_TRUE(has_signed(SignatureAlgorithm::kEs256, *key, Signed{message, *der}));
  EXPECT_FALSE(has_signed(SignatureAlgorithm::kEs256, *key, Signed{message + "A", *der}));
  EXPECT_FALSE(der_signature(jose.substr(1)));
}

}  // namespace oidc_unit_test
}  // namespace dundun
