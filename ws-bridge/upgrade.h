// Reads the headers of an upgrade request.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dundun {

// Whether a page of this origin may use the visitor's cookie: the list names it, or it is the host
// that the request went to (`host` is the Host header, which nginx passes on).
bool origin_allowed(std::string_view origin, std::string_view host,
                    std::span<const std::string> allowed);

// The last entry of X-Forwarded-For, which the nearest proxy wrote. The entries before it come from
// the client and prove nothing.
std::string_view forwarded_address(std::string_view header);

}  // namespace dundun
