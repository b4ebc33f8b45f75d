// Passkeys against the test vectors of WebAuthn Level 3 (section 16), which are the standard's own.
#include "common/identity/passkey.h"

#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "tests/support/text.h"

namespace dundun {
namespace passkey_test {

using std::literals::operator""sv;

const RelyingParty kParty{"example.org", {"https://example.org"}};

std::string unhex(std::string_view hex) {
  std::string bytes;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

// Section 16.2, "ES256 Credential with No Attestation": registration.
const std::string kId = unhex("f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4");
const std::string kAttestation = unhex(
    "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c473"
    "5ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0"
    "ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb640"
    "98d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e"
    "2664796b9220");
const std::string kMadeData = unhex(
    "7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d5074345578"
    "78475453746e63647134313759447742466938767049612d7077386f4f755657345441222c226f726967696e223a22"
    "68747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c226578747261"
    "44617461223a22636c69656e74446174614a534f4e206d617920626520657874656e64656420776974682061646469"
    "74696f6e616c206669656c647320696e20746865206675747572652c207375636820617320746869733a20426b5165"
    "446a646354427258426941774a544c4535513d3d227d");
// The same section: authentication.
const std::string kShownAuthenticator =
    unhex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000");
const std::string kShownData = unhex(
    "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c54"
    "55506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a22687474"
    "70733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d");
const std::string kSignature = unhex(
    "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b9353"
    "8174f575bf11a1dd5d78c6e486013f937295ea13653e331e87");
// Section 16.3, "ES256 Credential with Self Attestation": registration.
const std::string kSelfAttestation = unhex(
    "a363666d74667061636b65646761747453746d74a263616c67266373696758483046022100ae045923ded832b844ca"
    "e4d5fc864277c0dc114ad713e271af0f0d371bd3ac540221009077a088ed51a673951ad3ba2673d5029bab65b64f4e"
    "a67b234321f86fcfac5d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0"
    "f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32d"
    "f9347c789a865ecdca129cbef58ca5010203262001215820eb151c8176b225cc651559fecf07af450fd85802046656"
    "b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2");

template <class T>
std::string why_not(const Result<T>& result) {
  return result ? "it is taken" : result.error().message;
}

// With one byte changed.
std::string with(std::string bytes, size_t at, char byte) {
  bytes.at(at) = byte;
  return bytes;
}

TEST(PasskeyTest, ThePasskeyOfTheStandardIsReadAndHasSigned) {
  const auto challenge = read_client_data(kMadeData, Ceremony::kCreate, kParty);
  ASSERT_TRUE(challenge) << why_not(challenge);
  EXPECT_EQ(to_base64url(*challenge), "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA");
  const auto made = read_attestation(kAttestation, kParty);
  ASSERT_TRUE(made) << why_not(made);
  EXPECT_EQ(made->credential_id, kId);
  EXPECT_EQ(made->algorithm, SignatureAlgorithm::kEs256);
  EXPECT_EQ(made->sign_count, 0u);
  EXPECT_FALSE(made->user_verified);
  EXPECT_TRUE(made->backup_eligible && made->backed_up);
  ASSERT_TRUE(read_client_data(kShownData, Ceremony::kGet, kParty));
  const auto shown = read_authenticator_data(kShownAuthenticator, kParty);
  ASSERT_TRUE(shown) << why_not(shown);
  EXPECT_TRUE(
      has_signed(made->algorithm, made->public_key, {kShownAuthenticator, kShownData, kSignature}));
}

TEST(PasskeyTest, AnotherAttestationIsTakenForNone) {
  const auto made = read_attestation(kSelfAttestation, kParty);
  ASSERT_TRUE(made) << why_not(made);
  EXPECT_TRUE(made->user_verified);
}

TEST(PasskeyTest, NoChangedByteSigns) {
  const auto made = read_attestation(kAttestation, kParty);
  ASSERT_TRUE(made);
  const auto signs = [&](const std::string& data, const std::string& said,
                         const std::string& signature) {
    return has_signed(made->algorithm, made->public_key, {data, said, signature});
  };
  for (size_t at = 0; at < kSignature.size(); ++at) {
    const std::string other = with(kSignature, at, static_cast<char>(kSignature[at] ^ 1));
    EXPECT_FALSE(signs(kShownAuthenticator, kShownData, other)) << at;
  }
  EXPECT_FALSE(signs(with(kShownAuthenticator, 36, 1), kShownData, kSignature));
  EXPECT_FALSE(signs(kShownAuthenticator, kShownData + " ", kSignature));
  EXPECT_FALSE(signs(kShownAuthenticator, kShownData, ""));
  EXPECT_FALSE(has_signed(SignatureAlgorithm::kRs256, made->public_key,
                          {kShownAuthenticator, kShownData, kSignature}))
      << "a key of another kind";
  EXPECT_FALSE(
      has_signed(made->algorithm, "no key", {kShownAuthenticator, kShownData, kSignature}));
}

TEST(PasskeyTest, OtherSitesPagesAndCeremoniesAreRefused) {
  const RelyingParty other{"evil.example", {"https://evil.example"}};
  EXPECT_TRUE(contains(why_not(read_client_data(kMadeData, Ceremony::kCreate, other)), "origin"));
  EXPECT_TRUE(contains(why_not(read_attestation(kAttestation, other)), "rpIdHash"));
  EXPECT_TRUE(contains(why_not(read_authenticator_data(kShownAuthenticator, other)), "rpIdHash"));
  EXPECT_TRUE(contains(why_not(read_client_data(kMadeData, Ceremony::kGet, kParty)), "type"));
  const auto said = [&](const std::string& more) {
    return why_not(
        read_client_data(R"({"type":"webauthn.get","origin":"https://example.org")" + more + "}",
                         Ceremony::kGet, kParty));
  };
  const std::string challenge = R"(,"challenge":")" + std::string(43, 'A') + "\"";
  EXPECT_EQ(said(challenge), "it is taken");
  EXPECT_TRUE(contains(said(challenge + R"(,"crossOrigin":true)"), "crossOrigin"));
  EXPECT_TRUE(contains(said(challenge + R"(,"topOrigin":"https://x.example")"), "crossOrigin"));
  EXPECT_TRUE(contains(said(""), "challenge"));
  EXPECT_TRUE(contains(said(R"(,"challenge":"AAAA")"), "challenge"));
  EXPECT_TRUE(contains(why_not(read_client_data("[]", Ceremony::kGet, kParty)), "no JSON object"));
}

constexpr size_t kFlagsAt = 32;  // of authenticator data

TEST(PasskeyTest, FlagsThatCannotBeAreRefused) {
  const auto shown = [&](char flags) {
    return why_not(read_authenticator_data(with(kShownAuthenticator, kFlagsAt, flags), kParty));
  };
  EXPECT_EQ(shown(1), "it is taken");
  EXPECT_TRUE(contains(shown(0), "nobody touched"));
  EXPECT_TRUE(contains(shown(1 | 16), "not eligible"));
  EXPECT_TRUE(contains(shown(1 | 64), "a credential"));
  EXPECT_TRUE(contains(shown(static_cast<char>(1 | 128)), "extensions: CBOR is truncated"));
  const size_t flags_at = kAttestation.find(kShownAuthenticator.substr(0, 32)) + kFlagsAt;
  EXPECT_TRUE(contains(why_not(read_attestation(with(kAttestation, flags_at, 1), kParty)),
                       "no credential"));
  EXPECT_TRUE(contains(why_not(read_attestation(with(kAttestation, flags_at, 0x40), kParty)),
                       "nobody touched"));
}

TEST(PasskeyTest, NoBeginningOfAnAnswerIsTaken) {
  for (size_t size = 0; size < kAttestation.size(); ++size) {
    EXPECT_FALSE(read_attestation(kAttestation.substr(0, size), kParty)) << size;
  }
  for (size_t size = 0; size < kShownAuthenticator.size(); ++size) {
    EXPECT_FALSE(read_authenticator_data(kShownAuthenticator.substr(0, size), kParty)) << size;
  }
  EXPECT_TRUE(contains(why_not(read_attestation(kAttestation + "x", kParty)), "bytes follow"));
  EXPECT_TRUE(
      contains(why_not(read_authenticator_data(kShownAuthenticator + "x", kParty)), "follow"));
}

TEST(PasskeyTest, KeysThatAreNoneAreRefused) {
  const size_t key_at = kAttestation.find(unhex("a501020326"));
  ASSERT_NE(key_at, std::string::npos);
  const auto key = [&](size_t at, char byte) {
    return why_not(read_attestation(with(kAttestation, key_at + at, byte), kParty));
  };
  EXPECT_TRUE(contains(key(4, 0x28), "alg")) << "-9";
  EXPECT_TRUE(contains(key(4, 0x27), "no key of its algorithm")) << "EdDSA, and of another type";
  EXPECT_TRUE(contains(key(2, 1), "no key of its algorithm")) << "OKP, and ES256";
  EXPECT_TRUE(contains(key(20, 0), "no key of its algorithm")) << "a point beside the curve";
}

TEST(PasskeyTest, PortalsAddressSaysForWhomPasskeysAre) {
  EXPECT_FALSE(relying_party("", {}));
  const std::vector<std::string> more{"https://other.portal.example"};
  const auto party = relying_party("https://Portal.Example:8443", more);
  ASSERT_TRUE(party);
  EXPECT_EQ(party->id, "portal.example");
  EXPECT_EQ(party->origins, (std::vector<std::string>{"https://portal.example:8443", more[0]}));
}

TEST(SignatureTest, WeakKeysAreNone) {
  // Products of two primes, by another library.
  const std::string of_1024_bits = unhex(
      "c5e41778dd3422d8072950ef07d7616f2fe679859e8687e915515c8af9056e255d07321ce39f3e32ba909ff8b2"
      "ad655f2bee1f5cae9dd4c0d351909301ec69b7528f578034ea1aa935eb468435369cf1f5041241584eaacb3d6c"
      "213f1ea4d7451ed94c67c8b24c114856dafc4f2d4784e5291fdd848ac20b12a6557c9648d397");
  const std::string of_2048_bits = unhex(
      "b209ff04b36a7995a813d9a9dffe6aa32182b15b89177e1dc816e7f82f9d4ad41b97db1e1dfe8a5cddd3cbc44a"
      "21f47e836862fb1412a061593c4bf34e856c320edbba9eb3640972c38e4a3e77f7f71fe37e250e371f4bfabe64"
      "d043623978517501a4b38e755abdb82aa82e0117aabe45810712e53f0da1bc5188753241e8506bf35e7bc79754"
      "6f2fecb4f1ce47eb750916b565b62283bee3099f7767373a7233955e9bca70e4bd3632c229233b30f2a77650e7"
      "cf441c97c58a326eb6766673e41494147623a37146d1ef6b462ac387dded0bd4f3c83ded1f4978d0648faacf0c"
      "ba44e6150e47c2f619b478a6c95e62ebfcf2bfad6187f435b20bac416891d9");
  EXPECT_TRUE(rsa_key(of_2048_bits, "\1\0\1"sv));
  EXPECT_FALSE(rsa_key(of_1024_bits, "\1\0\1"sv));
  EXPECT_FALSE(rsa_key(of_2048_bits, "\1")) << "exponent 1";
  EXPECT_FALSE(rsa_key(of_2048_bits, "\4")) << "even";
  EXPECT_FALSE(rsa_key(of_2048_bits + std::string(344, '\1'), "\1\0\1"sv)) << "4800 bits";
  EXPECT_FALSE(rsa_key("\xc0" + std::string(255, '\1'), "\1\0\1"sv)) << "small factors";
  EXPECT_FALSE(p256_key(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(ed25519_key("short"));
}

}  // namespace passkey_test
}  // namespace dundun
