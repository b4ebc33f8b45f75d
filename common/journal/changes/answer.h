// The answer to a request with an Idempotency-Key, which a repeat of the key gets.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/journal/change_kind.h"

namespace dundun {

// A client's Idempotency-Key, hashed with environment, method and path. Kept for
// at least 24 hours.
struct IdempotencyKey {
  std::string key_hash;      // 32 bytes
  std::string request_hash;  // 32 bytes: another body under the same key is refused
};

// The answer that a repeat of the key gets.
struct StoredAnswer {
  std::string key_hash;
  int16_t http_status;
  std::string body;
};

// Keeps the answer for an idempotency key whose change is committed already.
struct StoreAnswer {
  int64_t account_id;
  StoredAnswer answer;
};

template <>
struct ChangeKind<StoreAnswer> {
  static constexpr Lane kLane = Lane::kMoving;
  static void wants(const StoreAnswer& store, Reads& reads);
  static Decision decide(const StoreAnswer& store, const Uuid& event_id, Known& known);
  static constexpr Nothing tell{};
  static void write(const StoreAnswer& store, const Admitted& admitted, WriteSet& set);
};

}  // namespace dundun
