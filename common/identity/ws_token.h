// Single-use tokens that open a WebSocket. POST /v1/ws/token makes them, the bridge redeems them.
// Redis keeps, under the hash of the token, the hash of the key that it stands for.
#pragma once

#include <string>
#include <string_view>

#include "common/io/crypto.h"

namespace dundun {

inline constexpr std::string_view kWsTokenPrefix = "wst_";  // then 64 hex digits
inline constexpr int kWsTokenSeconds = 60;

inline std::string ws_token_key(std::string_view token_hash) { return "wst:" + to_hex(token_hash); }

}  // namespace dundun
