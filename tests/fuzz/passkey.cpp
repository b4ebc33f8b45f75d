// libFuzzer target: what browsers send of a passkey, in arbitrary bytes. The first byte says which
// part it is.
#include "common/identity/passkey.h"

#include <cstdint>
#include <cstdlib>

#include "common/io/cbor.h"

namespace {

size_t depth_of(const dundun::CborValue& value) {
  size_t deepest = 0;
  for (const auto& item : value.items) deepest = std::max(deepest, depth_of(item));
  const bool holds =
      value.kind == dundun::CborValue::Kind::kArray || value.kind == dundun::CborValue::Kind::kMap;
  return deepest + (holds ? 1 : 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const dundun::RelyingParty party{"example.org", {"https://example.org"}};
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cbor = dundun::read_cbor(bytes);
  if (cbor && cbor->bytes > bytes.size()) std::abort();
  if (cbor && depth_of(cbor->value) > dundun::kCborDepthMax + 1) std::abort();
  if (data[0] % 3 == 0) {
    const auto made = dundun::read_attestation(bytes, party);
    // A key that was taken can be asked.
    if (made && dundun::has_signed(made->algorithm, made->public_key, {bytes, bytes, bytes})) {
      std::abort();
    }
    if (made && (made->credential_id.empty() || made->public_key.empty())) std::abort();
  } else if (data[0] % 3 == 1) {
    (void)dundun::read_authenticator_data(bytes, party);
  } else {
    const auto challenge = dundun::read_client_data(bytes, dundun::Ceremony::kGet, party);
    if (challenge && challenge->size() != dundun::kChallengeBytes) std::abort();
  }
  return 0;
}
