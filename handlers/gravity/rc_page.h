// What a browser sees on its way to RingCentral and back: one small page, or JSON with
// ?format=json.
#pragma once

#include <string>
#include <string_view>

#include "common/web/request.h"

namespace dundun {

// A page for a token or a state in the address: not kept, not framed, and no referrer.
Response rc_page(int status, std::string_view title, std::string_view html);

// "Connect RingCentral to <tenant>?" with a button that posts the token, whose answer leads to
// `server`, RingCentral's address.
Response rc_consent_page(std::string_view tenant, std::string_view token, std::string_view server);

// What went wrong, as a page; with ?format=json as the error of every other endpoint.
Result<Response> rc_refusal(const Request& request, Error error);

}  // namespace dundun
