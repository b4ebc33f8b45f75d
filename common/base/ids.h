// UUIDv7 (RFC 9562) and the written forms of our ids: a prefix and a UUID or its hex digits.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.h"

namespace dundun {

struct Uuid {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return *this == Uuid{}; }
};

// New UUIDv7, strictly increasing within the process (RFC 9562 section 6.2, method 1).
// Thread-safe. Its time part is the message's created_at.
Uuid new_uuid7();

// The millisecond that a UUIDv7 carries.
Instant created_at(const Uuid& id);
// The smallest UUIDv7 of a moment, as a bound for ranges and partitions.
Uuid uuid7_floor(Instant at);

std::string to_string(const Uuid& id);                  // 8-4-4-4-12, lower case
std::string to_hex(const Uuid& id);                     // 32 hex digits
std::optional<Uuid> parse_uuid(std::string_view text);  // both forms, any case

std::string message_id_text(const Uuid& id);  // "msg-" + UUID
std::string batch_id_text(const Uuid& id);    // "batch-" + UUID
std::string event_id_text(const Uuid& id);    // "evt_" + 32 hex
std::string inbound_id_text(const Uuid& id);  // "mo_" + 32 hex
std::string gravity_id_text(const Uuid& id);  // "msg_" + 32 hex: of either direction
// "mo_" + 32 hex, or the bare UUID.
std::optional<Uuid> parse_inbound_id(std::string_view text);
// "batch-" + UUID, or the bare UUID.
std::optional<Uuid> parse_batch_id(std::string_view text);
// "msg-" + UUID, the bare UUID, or "msg_" + 32 hex.
std::optional<Uuid> parse_message_id(std::string_view text);

struct UuidHash {
  size_t operator()(const Uuid& id) const noexcept;
};

}  // namespace dundun
