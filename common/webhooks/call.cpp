#include "common/webhooks/call.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "common/io/crypto.h"

namespace dundun {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr int kUnavailable = 503;
constexpr int kRestAfterFailures = 10;
constexpr seconds kRestMax{30};

bool succeeded(const OutboundReply& reply) { return reply.status >= 200 && reply.status < 300; }

}  // namespace

std::string plain_signature(const std::string& secret, const std::string& body) {
  return "sha256=" + to_hex(hmac_sha256(secret, body));
}

std::string standard_signature(const std::string& secret, const std::string& id,
                               int64_t timestamp_unix, const std::string& body) {
  std::string_view encoded = secret;
  if (encoded.starts_with(kSecretPrefix)) encoded.remove_prefix(kSecretPrefix.size());
  const std::optional<std::string> key = from_base64(encoded);
  if (!key) return {};
  return "v1," +
         to_base64(hmac_sha256(*key, id + "." + std::to_string(timestamp_unix) + "." + body));
}

std::vector<std::pair<std::string, std::string>> webhook_headers(
    const Uuid& delivery_id, const std::string& body, const WebhookSecrets& secrets, Instant at,
    const std::optional<Uuid>& trace_id) {
  const std::string id = event_id_text(delivery_id);
  const int64_t timestamp = duration_cast<seconds>(at.time_since_epoch()).count();
  std::string signatures = standard_signature(secrets.current, id, timestamp, body);
  for (const std::string& old : secrets.old) {
    signatures += " " + standard_signature(old, id, timestamp, body);
  }
  std::vector<std::pair<std::string, std::string>> headers{
      {"Content-Type", "application/json"},
      {"User-Agent", "Dundun-Webhooks/1.0"},
      {"X-Webhook-ID", id},
      {"X-Webhook-Signature", plain_signature(secrets.current, body)},
      {"webhook-id", id},
      {"webhook-timestamp", std::to_string(timestamp)},
      {"webhook-signature", signatures}};
  if (trace_id) {
    const std::string span = to_hex(delivery_id).substr(16);
    headers.emplace_back("traceparent", "00-" + to_hex(*trace_id) + "-" + span + "-01");
  }
  return headers;
}

Verdict judge_attempt(const OutboundReply& reply, int failures, double jitter, Instant at) {
  if (succeeded(reply)) return {DeliveryState::kDelivered};
  if (reply.status == kGone) return {.state = DeliveryState::kDead, .gone = true};
  Verdict verdict{DeliveryState::kDead};
  if (reply.status == kTooManyRequests || reply.status == kUnavailable) {
    verdict.hold = retry_after(reply.retry_after, at);
  }
  if (failures + 1 >= kWebhookAttemptsMax) return verdict;
  verdict.state = DeliveryState::kPending;
  const milliseconds usual = kWebhookWaits[failures];
  const auto moved = static_cast<int64_t>(static_cast<double>(usual.count()) * jitter / 10);
  verdict.wait = std::max(usual + milliseconds(moved), verdict.hold);
  return verdict;
}

milliseconds rest_after(int failures) {
  if (failures < kRestAfterFailures) return milliseconds(0);
  const int doublings = std::min(failures - kRestAfterFailures, 5);
  return std::min<milliseconds>(seconds(1) * (1 << doublings), kRestMax);
}

seconds retry_after(const std::string& header, Instant at) {
  int64_t count = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), count);
  if (error != std::errc() || end != header.data() + header.size()) {
    std::tm date{};
    const char* const rest = strptime(header.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (rest == nullptr || *rest != '\0') return seconds(0);
    count = timegm(&date) - duration_cast<seconds>(at.time_since_epoch()).count();
  }
  return std::clamp<seconds>(seconds(std::clamp<int64_t>(count, 0, 1'000'000)), seconds(0),
                             kRetryAfterMax);
}

std::string shown_answer(const std::string& bytes) {
  std::string shown = bytes;
  for (char& c : shown) {
    if (c < 0x20 || c > 0x7e) c = '.';
  }
  return shown;
}

}  // namespace dundun
