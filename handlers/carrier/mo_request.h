// A text that a carrier brings, read from its call.
#pragma once

#include <string_view>

#include "common/base/config.h"
#include "common/inbound/owner.h"
#include "handlers/carrier/callback.h"

namespace dundun {

// Fields: id (but for the loopback carrier), from, to, text (or text_hex), charset, auto_reply.
// Errors: kInvalidRequest naming the field; text over INBOUND_TEXT_BYTES_MAX is one.
Result<MoRequest> parse_mo(const CallbackFields& fields, std::string_view carrier,
                           const Config& config);

}  // namespace dundun
