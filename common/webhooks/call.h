// One webhook call: its signatures, and what the answer means for the next attempt. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/io/http_multi.h"

namespace dundun {

// Secrets as the customer knows them: "whsec_…".
struct WebhookSecrets {
  std::string current;
  std::vector<std::string> old;  // while rotations overlap
};

// "sha256=" and the HMAC-SHA256 of the body in hex, keyed with the whole text of the secret.
std::string plain_signature(const std::string& secret, const std::string& body);

// "v1,<base64>" of Standard Webhooks 1.0: the HMAC-SHA256 of "id.timestamp.body", keyed with the
// bytes that the part after "whsec_" means in base64. Empty if that part is not base64.
std::string standard_signature(const std::string& secret, const std::string& id,
                               int64_t timestamp_unix, const std::string& body);

// All headers of an attempt at the time `at`. The delivery's id is the same in every attempt. With
// a trace, W3C's traceparent is one of them: the call's own span has the id's last eight bytes.
std::vector<std::pair<std::string, std::string>> webhook_headers(
    const Uuid& delivery_id, const std::string& body, const WebhookSecrets& secrets, Instant at,
    const std::optional<Uuid>& trace_id);

// The waits between attempts: the first wait follows the first failure.
inline constexpr std::chrono::seconds kWebhookWaits[] = {
    std::chrono::seconds(10),  std::chrono::seconds(30),  std::chrono::seconds(90),
    std::chrono::seconds(270), std::chrono::seconds(810), std::chrono::hours(1),
    std::chrono::hours(2),     std::chrono::hours(5),     std::chrono::hours(10),
    std::chrono::hours(14),    std::chrono::hours(20),    std::chrono::hours(24)};
inline constexpr int kWebhookAttemptsMax = static_cast<int>(std::size(kWebhookWaits)) + 1;
inline constexpr std::chrono::hours kRetryAfterMax{1};

// The numbers are those of webhook_deliveries.state.
enum class DeliveryState : int16_t { kPending = 1, kDelivered = 2, kDead = 3 };

struct Verdict {
  DeliveryState state;
  std::chrono::milliseconds wait{0};  // kPending: until the next attempt
  std::chrono::milliseconds hold{0};  // how long the endpoint asked us to pause
  bool gone = false;                  // it wants no calls any more (410)
};

// `failures` counts those before this attempt. `jitter`, from -1 to 1, changes the wait by up to a
// tenth.
Verdict judge_attempt(const OutboundReply& reply, int failures, double jitter, Instant at);

// How long an endpoint rests after this many failures in a row, so that its waiting calls do not
// keep us busy.
std::chrono::milliseconds rest_after(int failures);

// Reads a Retry-After of seconds or an HTTP date, as seconds from `at`, at most kRetryAfterMax; 0
// for anything else.
std::chrono::seconds retry_after(const std::string& header, Instant at);

// An answer's bytes in a form that may be kept and shown: printable ASCII, '.' for every other
// byte.
std::string shown_answer(const std::string& bytes);

}  // namespace dundun
