#include "common/io/sha1.h"

#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>

namespace dundun {

std::string sha1(std::string_view bytes) {
  constexpr size_t kSha1Bytes = 20;
  std::string digest(kSha1Bytes, '\0');
  unsigned int size = 0;
  auto* const target = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_Digest(bytes.data(), bytes.size(), target, &size, EVP_sha1(), nullptr) != 1 ||
      size != kSha1Bytes) {
    fprintf(stderr, "crypto: SHA-1 failed\n");
    abort();
  }
  return digest;
}

}  // namespace dundun
