// Signatures of others, by OpenSSL: public keys as they come in COSE and JOSE, and whether one
// signed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// Numbers of IANA's registry "COSE Algorithms".
enum class SignatureAlgorithm : int32_t {
  kEs256 = -7,    // ECDSA on P-256 with SHA-256; a signature in DER (RFC 3279)
  kEdDsa = -8,    // Ed25519
  kRs256 = -257,  // RSASSA-PKCS1-v1_5 with SHA-256
};

// A public key in DER (SubjectPublicKeyInfo, RFC 5280). nullopt: it is none, or a weak one.
// Coordinates of 32 bytes, on the curve:
std::optional<std::string> p256_key(std::string_view x, std::string_view y);
std::optional<std::string> ed25519_key(std::string_view x);
// Modulus of 2048 to 4096 bits and an odd exponent of at most 4 bytes; big-endian.
std::optional<std::string> rsa_key(std::string_view modulus, std::string_view exponent);

// ES256's signature as JOSE has it (two numbers of 32 bytes, RFC 7518 section 3.4), in DER.
std::optional<std::string> der_signature(std::string_view jose);

// Whether the key of this kind signed the message. False for a key of another kind.
struct Signed {
  std::string_view message;
  std::string_view signature;
};
bool has_signed(SignatureAlgorithm algorithm, std::string_view key, const Signed& what);

}  // namespace dundun
