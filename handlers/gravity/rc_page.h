// What a browser sees on its way to RingCentral and back: one small page in its own language, or
// JSON with ?format=json. The pages are not kept, not framed, and tell nobody their address, which
// has a token or a state in it.
#pragma once

#include <string>
#include <string_view>

#include "common/web/request.h"

namespace dundun {

// "<tenant> will send and receive texts …" with a button that posts the token, whose answer leads
// to `server`, RingCentral's address.
Response rc_consent_page(const Request& request, std::string_view tenant, std::string_view token,
                         std::string_view server);

// Leads to RingCentral's own page at `address`.
Response rc_redirect(const Request& request, std::string address);

// It is done.
Response rc_connected_page(const Request& request);

// What went wrong, as a page; with ?format=json as the error of every other endpoint.
Result<Response> rc_refusal(const Request& request, Error error);

}  // namespace dundun
