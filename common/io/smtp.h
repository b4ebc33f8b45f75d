// One e-mail through libcurl: blocking, with a deadline, over TLS.
#pragma once

#include <string>

#include "common/base/config.h"
#include "common/base/result.h"
#include "common/base/time.h"

namespace dundun {

struct Mail {
  std::string to;       // an address of printable ASCII
  std::string subject;  // UTF-8 without line breaks
  std::string text;     // UTF-8, lines end with \n
  std::string id;       // the left part of its Message-ID
  Instant at;
};

// The message as it is sent: RFC 5322 headers, the text in base64 (RFC 2045).
std::string mail_source(const Mail& mail, const std::string& from);

// kInvalidRequest: the server will never take it (5xx to the message, not to our login).
// kUnavailable: not now. The detail says what the server answered. Thread-safe.
Status send_mail(const MailConfig& config, const Mail& mail);

}  // namespace dundun
