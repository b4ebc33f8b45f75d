// What an OpenID provider answers, of arbitrary bytes: the first line is the ID token, the rest its
// keys. The whole is a discovery document too. Nobody is let in by a token without a signature.
#include <cstdint>
#include <cstdlib>

#include "common/identity/oidc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto addresses = dundun::read_discovery(text, "https://id.example.org");
  if (addresses && (addresses->authorization.empty() || addresses->token.empty())) std::abort();
  const size_t line = text.find('\n');
  const std::string_view token = text.substr(0, line);
  const auto keys = line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  const dundun::IdTokenWanted wanted{.issuer = "https://id.example.org",
                                     .client_id = "dundun",
                                     .nonce = "n",
                                     .role_claim = "roles",
                                     .at = dundun::Instant(std::chrono::seconds(1'790'000'000)),
                                     .clock_skew = std::chrono::seconds(60)};
  const auto verdict = dundun::read_id_token(token, keys, wanted);
  // Only who holds the key of the seed could sign one, and the seed's token is another client's.
  if (verdict.person) std::abort();
  return 0;
}
