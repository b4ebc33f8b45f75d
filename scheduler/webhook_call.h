// One call of a webhook: how it is signed, and what its answer means for the next one. Pure.
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

// "whsec_…" as the customer has them.
struct WebhookSecrets {
  std::string current;
  std::optional<std::string> old;  // while a rotation overlaps
};

// "sha256=" and the HMAC-SHA256 of the body in hex, keyed with the whole text of the secret.
std::string plain_signature(const std::string& secret, const std::string& body);

// "v1,<base64>" of Standard Webhooks 1.0: the HMAC-SHA256 of "id.timestamp.body", keyed with the
// bytes that the part after "whsec_" means in base64. Empty for a secret that is no base64.
std::string standard_signature(const std::string& secret, const std::string& id,
                               int64_t timestamp_unix, const std::string& body);

// All headers of an attempt at `at`. The delivery's id is the same in every attempt.
std::vector<std::pair<std::string, std::string>> webhook_headers(const Uuid& delivery_id,
                                                                 const std::string& body,
                                                                 const WebhookSecrets& secrets,
                                                                 Instant at);

// Between the attempts: the first wait follows the first failure.
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
  std::chrono::milliseconds hold{0};  // the endpoint asked to be left alone for so long
  bool gone = false;                  // it wants no calls any more (410)
};

// `failures` before this attempt; `jitter` from -1 to 1 moves the wait by up to a tenth.
Verdict judge_attempt(const OutboundReply& reply, int failures, double jitter, Instant at);

// How long an endpoint rests that has failed so often, one after the other: what waits for it must
// not keep us busy.
std::chrono::milliseconds rest_after(int failures);

// Seconds or an HTTP date, as a time from `at`; 0 for anything else, at most kRetryAfterMax.
std::chrono::seconds retry_after(const std::string& header, Instant at);

// What may be kept and shown of an answer: printable ASCII, the rest as '.'.
std::string shown_answer(const std::string& bytes);

}  // namespace dundun
