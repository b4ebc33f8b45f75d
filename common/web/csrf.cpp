#include "common/web/csrf.h"

#include <algorithm>

#include "common/base/text.h"
#include "common/io/crypto.h"

namespace dundun {
namespace {

Error cross_site(std::string message) { return fail(ErrorCode::kCrossSite, std::move(message)); }

// "https://portal.example:8443" -> "portal.example:8443".
std::string_view host_of(std::string_view origin) {
  const size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

bool has_type(std::string_view content_type, std::string_view wanted) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return equal_ignoring_case(content_type, wanted);
}

}  // namespace

std::string csrf_token(std::string_view session_token) {
  return to_hex(hmac_sha256(session_token, "csrf"));
}

Status require_own_page(const Request& request, std::span<const std::string> origins) {
  const std::string_view origin = request.origin;
  if (!origin.empty() && std::ranges::find(origins, origin) != origins.end()) return Done{};
  const std::string_view site = request.fetch_site;
  // "none": the user typed it; a page cannot make that.
  if (!site.empty() && site != "same-origin" && site != "none") {
    return cross_site("A page of another site cannot do this.");
  }
  const std::string_view host = host_of(origin);
  if (site.empty() && !origin.empty() && (host.empty() || host != request.host)) {
    return cross_site("A page of another site cannot do this.");
  }
  return Done{};
}

Status require_no_form(const Request& request) {
  const bool empty = request.body.empty() && !request.upload;
  if (!empty && !has_type(request.content_type, "application/json") &&
      !has_type(request.content_type, "multipart/form-data")) {
    return fail(ErrorCode::kUnsupportedType, "Send application/json.");
  }
  return Done{};
}

Status require_no_forgery(const Request& request, std::string_view session_token,
                          std::span<const std::string> origins) {
  if (request.method == Method::kGet || request.method == Method::kHead) return Done{};
  TRY(require_own_page(request, origins));
  if (!equal_constant_time(request.csrf_token, csrf_token(session_token))) {
    return cross_site("X-CSRF-Token is missing or wrong: take it from GET /auth/me.");
  }
  return require_no_form(request);
}

}  // namespace dundun
