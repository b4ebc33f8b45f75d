#include "common/base/ids.h"

#include <sys/random.h>

#include <atomic>
#include <cstring>

namespace dundun {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// Refilled from the kernel in bulk: a system call an id would cost more than the id.
uint64_t random_u64() {
  thread_local std::array<uint64_t, 64> pool;
  thread_local size_t next = pool.size();
  if (next == pool.size()) {
    auto* bytes = reinterpret_cast<char*>(pool.data());
    size_t have = 0;
    while (have < sizeof pool) {
      const ssize_t got = getrandom(bytes + have, sizeof pool - have, 0);
      if (got > 0) have += static_cast<size_t>(got);
    }
    next = 0;
  }
  return pool[next++];
}

// Milliseconds in the high 48 bits, a counter in the low 12 of 60: strictly increasing. A burst of
// more than 4,096 ids in one millisecond borrows from the next.
uint64_t next_stamp() {
  static std::atomic<uint64_t> last{0};
  const uint64_t wanted = static_cast<uint64_t>(unix_micros(now()) / 1000) << 12;
  uint64_t seen = last.load(std::memory_order_relaxed);
  uint64_t stamp;
  do {
    stamp = wanted > seen ? wanted : seen + 1;
  } while (!last.compare_exchange_weak(seen, stamp, std::memory_order_relaxed));
  return stamp;
}

void put_millis(Uuid& id, uint64_t millis) {
  for (int i = 0; i < 6; ++i) {
    id.bytes[static_cast<size_t>(i)] = static_cast<uint8_t>(millis >> (40 - 8 * i));
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Uuid> parse_hex32(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Uuid id;
  for (size_t i = 0; i < 16; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return id;
}

std::optional<Uuid> parse_dashed(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex += text[i];
  }
  return parse_hex32(hex);
}

}  // namespace

Uuid new_uuid7() {
  const uint64_t stamp = next_stamp();
  const uint64_t random = random_u64();
  Uuid id;
  put_millis(id, stamp >> 12);
  id.bytes[6] = static_cast<uint8_t>(0x70 | ((stamp >> 8) & 0x0f));
  id.bytes[7] = static_cast<uint8_t>(stamp);
  std::memcpy(&id.bytes[8], &random, 8);
  id.bytes[8] = static_cast<uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

Instant created_at(const Uuid& id) {
  int64_t millis = 0;
  for (size_t i = 0; i < 6; ++i) millis = millis << 8 | id.bytes[i];
  return Instant(std::chrono::milliseconds(millis));
}

Uuid uuid7_floor(Instant at) {
  Uuid id;
  put_millis(id, static_cast<uint64_t>(unix_micros(at) / 1000));
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  return id;
}

std::string to_hex(const Uuid& id) {
  std::string text;
  text.reserve(32);
  for (uint8_t byte : id.bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

std::string to_string(const Uuid& id) {
  std::string text = to_hex(id);
  for (size_t place : {20, 16, 12, 8}) text.insert(place, 1, '-');
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  return text.size() == 32 ? parse_hex32(text) : parse_dashed(text);
}

std::string message_id_text(const Uuid& id) { return "msg-" + to_string(id); }
std::string batch_id_text(const Uuid& id) { return "batch-" + to_string(id); }
std::string event_id_text(const Uuid& id) { return "evt_" + to_hex(id); }

std::string inbound_id_text(const Uuid& id) { return "mo_" + to_hex(id); }

std::string gravity_id_text(const Uuid& id) { return "msg_" + to_hex(id); }

std::optional<Uuid> parse_inbound_id(std::string_view text) {
  if (text.starts_with("msg_")) return parse_hex32(text.substr(4));
  if (text.starts_with("mo_")) text.remove_prefix(3);
  return parse_uuid(text);
}

std::optional<Uuid> parse_batch_id(std::string_view text) {
  if (text.starts_with("batch-")) text.remove_prefix(6);
  return parse_dashed(text);
}

std::optional<Uuid> parse_message_id(std::string_view text) {
  if (text.starts_with("msg-")) return parse_dashed(text.substr(4));
  if (text.starts_with("msg_")) return parse_hex32(text.substr(4));
  return parse_dashed(text);
}

size_t UuidHash::operator()(const Uuid& id) const noexcept {
  size_t hash;
  std::memcpy(&hash, &id.bytes[8], sizeof hash);  // the random half
  return hash;
}

}  // namespace dundun
