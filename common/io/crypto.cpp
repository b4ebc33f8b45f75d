#include "common/io/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "common/io/owned.h"

namespace dundun {

namespace {

constexpr size_t kSha256Bytes = 32;
using Digest = std::array<unsigned char, kSha256Bytes>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

using Cipher = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

// Without digests or random bytes nothing that follows would be safe.
[[noreturn]] void give_up(const char* what) {
  fprintf(stderr, "crypto: %s failed\n", what);
  abort();
}

// Asked for once: OpenSSL 3 looks up EVP_sha256() anew for each digest.
const EVP_MD* fetched_sha256() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (method == nullptr) give_up("SHA-256");
  return method;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  Digest digest;
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, fetched_sha256(), nullptr) !=
          1 ||
      size != digest.size()) {
    give_up("SHA-256");
  }
  return text_of(digest);
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned int size = 0;
  if (HMAC(fetched_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes),
           bytes.size(), digest.data(), &size) == nullptr ||
      size != digest.size()) {
    give_up("HMAC");
  }
  return text_of(digest);
}

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  constexpr size_t kSha1Bytes = 20;
  std::array<unsigned char, kSha1Bytes> digest;
  unsigned int size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
           digest.data(), &size) == nullptr ||
      size != digest.size()) {
    give_up("HMAC");
  }
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  if (count > 0 &&
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
    give_up("RAND_bytes");
  }
  return bytes;
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EncodeBlock ends it with a zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  const bool plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
  if (!plain || text.size() % 4 == 1) return std::nullopt;
  std::string whole(text);
  while (whole.size() % 4 != 0) whole.push_back('=');
  const size_t added = whole.size() - text.size();
  if (padding != 0 && padding != added) return std::nullopt;
  std::string bytes(whole.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(whole),
                      static_cast<int>(whole.size())) < 0) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - added);
  return bytes;
}

std::string seal(std::string_view key, std::string_view secret, std::string_view owner) {
  const std::string nonce = random_bytes(kNonceBytes);
  std::string sealed(secret.size(), '\0');
  std::array<char, kTagBytes> tag{};
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      cipher && key.size() == kSealKeyBytes &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                         bytes_of(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(owner),
                        static_cast<int>(owner.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(sealed.data()), &size,
                        bytes_of(secret), static_cast<int>(secret.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), nullptr, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!done) give_up("AES-256-GCM");
  return nonce + sealed + std::string(tag.data(), tag.size());
}

std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view owner) {
  if (sealed.size() < kNonceBytes + kTagBytes || key.size() != kSealKeyBytes) return std::nullopt;
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  sealed = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string secret(sealed.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key),
                         bytes_of(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(owner),
                        static_cast<int>(owner.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(secret.data()), &size,
                        bytes_of(sealed), static_cast<int>(sealed.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) == 1;
  if (!done) return std::nullopt;
  return secret;
}

std::string to_base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string standard(text);
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  return from_base64(standard);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  // The length is no secret: what we compare are digests.
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace dundun
