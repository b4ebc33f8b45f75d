#include "common/io/signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "common/io/owned.h"

namespace dundun {
namespace {

using PublicKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using ParamsBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using BigNumber = Owned<BIGNUM, BN_free>;
using Digesting = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr size_t kCoordinateBytes = 32;
constexpr int kRsaBitsMin = 2048, kRsaBitsMax = 4096;
constexpr size_t kExponentBytesMax = 4;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::optional<std::string> to_der(const PublicKey& key) {
  const int size = key ? i2d_PUBKEY(key.get(), nullptr) : 0;
  if (size <= 0) return std::nullopt;
  std::string der(static_cast<size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_PUBKEY(key.get(), &out);
  return der;
}

// nullptr also for a point that is not on its curve.
PublicKey key_of(const char* kind, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  PublicKey key(made);
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

BigNumber number(std::string_view big_endian) {
  return BigNumber(BN_bin2bn(raw(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

bool is_of(SignatureAlgorithm algorithm, const EVP_PKEY* key) {
  switch (algorithm) {
    case SignatureAlgorithm::kEs256:
      return EVP_PKEY_is_a(key, "EC") == 1;
    case SignatureAlgorithm::kEdDsa:
      return EVP_PKEY_is_a(key, "ED25519") == 1;
    case SignatureAlgorithm::kRs256:
      return EVP_PKEY_is_a(key, "RSA") == 1;
  }
  return false;
}

}  // namespace

std::optional<std::string> p256_key(std::string_view x, std::string_view y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return std::nullopt;
  std::string point("\x04");  // uncompressed: SEC 1 section 2.3.3
  point.append(x).append(y);
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return std::nullopt;
  }
  return to_der(key_of("EC", builder.get()));
}

std::optional<std::string> ed25519_key(std::string_view x) {
  return to_der(
      PublicKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(x), x.size())));
}

std::optional<std::string> rsa_key(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > kRsaBitsMax / 8 || exponent.size() > kExponentBytesMax) return std::nullopt;
  const BigNumber n = number(modulus), e = number(exponent);
  const ParamsBuilder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < kRsaBitsMin || BN_is_odd(e.get()) == 0 ||
      BN_is_one(e.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return std::nullopt;
  }
  return to_der(key_of("RSA", builder.get()));
}

std::optional<std::string> der_signature(std::string_view jose) {
  if (jose.size() != 2 * kCoordinateBytes) return std::nullopt;
  BigNumber r = number(jose.substr(0, kCoordinateBytes));
  BigNumber s = number(jose.substr(kCoordinateBytes));
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  // They are the pair's now.
  (void)r.release();
  (void)s.release();
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

bool has_signed(SignatureAlgorithm algorithm, std::string_view key, const Signed& what) {
  const unsigned char* der = raw(key);
  const PublicKey signer(d2i_PUBKEY(nullptr, &der, static_cast<long>(key.size())));
  const Digesting digesting(EVP_MD_CTX_new());
  if (!signer || !digesting || !is_of(algorithm, signer.get())) return false;
  const EVP_MD* digest = algorithm == SignatureAlgorithm::kEdDsa ? nullptr : EVP_sha256();
  return EVP_DigestVerifyInit(digesting.get(), nullptr, digest, nullptr, signer.get()) == 1 &&
         EVP_DigestVerify(digesting.get(), raw(what.signature), what.signature.size(),
                          raw(what.message), what.message.size()) == 1;
}

}  // namespace dundun
