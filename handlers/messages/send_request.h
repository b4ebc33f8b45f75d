// The body of POST /messages/send, checked.
#pragma once

#include <string>
#include <string_view>

#include "common/sending/send.h"

namespace dundun {

// The body of POST /messages/send. Errors name the field; scheduled_at must lie 5 minutes to 7 days
// after `at`.
Result<SendRequest> parse_send_request(std::string_view body, Instant at);

// scheduled_at of a single message: 5 minutes to 7 days after `at`.
Result<Instant> parse_scheduled_at(const std::string& text, Instant at);

}  // namespace dundun
