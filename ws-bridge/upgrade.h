// What the bridge reads out of the headers of an upgrade request.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dundun {

// The first value of that name in a query string; empty if there is none. Our values need no
// percent-decoding.
std::string_view query_value(std::string_view query, std::string_view name);

// May a page of this origin use the visitor's cookie? Yes if the list names it, or if it is the
// very host the request went to (`host` is the Host header, which our nginx hands through).
bool origin_allowed(std::string_view origin, std::string_view host,
                    std::span<const std::string> allowed);

// The last entry of X-Forwarded-For: the one the nearest proxy wrote. Those before it come from the
// client and prove nothing.
std::string_view forwarded_address(std::string_view header);

}  // namespace dundun
