#include "handlers/webhooks/webhook_json.h"

#include "common/base/time.h"
#include "common/sms/status.h"

namespace dundun {
namespace {

constexpr std::string_view kPrefix = "message.";
constexpr int kStatusMax = static_cast<int>(MessageStatus::kExpired);

void write_disabled(JsonWriter& json, const char* name, const AccountWebhooks::Target& target) {
  if (!target.disabled_at) return;
  json.begin_object()
      .member("url", name)
      .member("reason", target.disabled_reason)
      .member("at", format_z(*target.disabled_at))
      .end_object();
}

}  // namespace

std::optional<int32_t> parse_event(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::optional<MessageStatus> status = parse_status(name.substr(kPrefix.size()));
  if (!status) return std::nullopt;
  return 1 << static_cast<int>(*status);
}

void write_webhooks(JsonWriter& json, const AccountWebhooks& webhooks) {
  json.member("dlr_url", webhooks.receipts.url)
      .member("mo_url", webhooks.inbound.url)
      .member("signing_secret", webhooks.secret)
      .member("is_active", webhooks.receipts.is_active);
  json.key("events").begin_array();
  for (int status = 1; status <= kStatusMax; ++status) {
    if ((webhooks.receipts.events >> status & 1) == 0) continue;
    json.value(
        std::string_view(std::string(kPrefix) + std::string(status_name(MessageStatus(status)))));
  }
  json.end_array().key("disabled").begin_array();
  write_disabled(json, "dlr_url", webhooks.receipts);
  write_disabled(json, "mo_url", webhooks.inbound);
  json.end_array().key("old_secret_expires_at");
  if (webhooks.old_secret_until) {
    json.value(std::string_view(format_z(*webhooks.old_secret_until)));
  } else {
    json.null();
  }
}

}  // namespace dundun
