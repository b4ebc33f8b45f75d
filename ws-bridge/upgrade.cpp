#include "ws-bridge/upgrade.h"

#include <algorithm>
#include <utility>

#include "common/base/text.h"

namespace dundun {
namespace {

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// An origin leaves out its scheme's own port (RFC 6454 section 6.2); a Host header may name it.
bool is_same_host(std::string_view origin, std::string_view host) {
  using Scheme = std::pair<std::string_view, std::string_view>;
  for (const auto& [scheme, port] : {Scheme{"http://", ":80"}, Scheme{"https://", ":443"}}) {
    if (!origin.starts_with(scheme)) continue;
    if (host.ends_with(port)) host.remove_suffix(port.size());
    return !host.empty() && equal_ignoring_case(origin.substr(scheme.size()), host);
  }
  return false;
}

}  // namespace

bool origin_allowed(std::string_view origin, std::string_view host,
                    std::span<const std::string> allowed) {
  return std::find(allowed.begin(), allowed.end(), origin) != allowed.end() ||
         is_same_host(origin, host);
}

std::string_view forwarded_address(std::string_view header) {
  const size_t comma = header.rfind(',');
  return trim(comma == std::string_view::npos ? header : header.substr(comma + 1));
}

}  // namespace dundun
