// CBOR (RFC 8949) by libcbor's streaming decoder, with limits that it lacks: of depth, of items,
// and none is believed about its size before its bytes are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dundun {

inline constexpr size_t kCborDepthMax = 8;    // arrays and maps inside each other
inline constexpr size_t kCborItemsMax = 256;  // of a whole document, keys of maps too

struct CborValue {
  enum class Kind { kInteger, kBytes, kText, kArray, kMap, kBool, kNull };
  Kind kind = Kind::kNull;
  int64_t integer = 0;           // of an integer; 1 or 0 of a bool
  std::string text;              // of bytes or a text
  std::vector<CborValue> items;  // of an array; of a map: key, value, key, value …

  // The value of a map's key; nullptr: there is none, or this is no map.
  const CborValue* find(int64_t key) const;
  const CborValue* find(std::string_view key) const;
  // The same, if it is bytes; nullptr otherwise.
  const std::string* bytes(int64_t key) const;
  const std::string* bytes(std::string_view key) const;
};

struct CborRead {
  CborValue value;
  size_t bytes;  // that it took; others may follow it
};

// The first item of `bytes`. kInvalidRequest with what is wrong: truncated, too deep, too many
// items, and what CTAP2's canonical form has not (indefinite lengths, tags), as floats, integers
// over 63 bits, and keys of a map that are there twice.
Result<CborRead> read_cbor(std::string_view bytes);

}  // namespace dundun
