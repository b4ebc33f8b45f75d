// SHA-1, for the handshake of WebSockets (RFC 6455), which proves nothing by it. Apart from
// crypto.h, so that nobody takes it for a hash to rely on.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

std::string sha1(std::string_view bytes);  // 20 raw bytes

}  // namespace dundun
