#include "handlers/messages/send_request.h"

#include "common/io/json.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr minutes kLeadMin{5};
constexpr days kLeadMax{7};

Error bad_schedule(std::string message) {
  return fail(ErrorCode::kInvalidSchedule, std::move(message));
}

Result<std::optional<Instant>> parse_schedule(const JsonObject& object, Instant at) {
  const std::string mode = TRY(object.optional_string("schedule_mode")).value_or("now");
  const std::optional<std::string> when = TRY(object.optional_string("scheduled_at"));
  if (mode == "now") {
    // A time without the mode would go out at once: better an error than a message too early.
    if (when) return bad_schedule("scheduled_at needs schedule_mode \"scheduled\".");
    return std::optional<Instant>();
  }
  if (mode != "scheduled") {
    return invalid_field("schedule_mode", "value is not one of: now, scheduled",
                         "value_error.const");
  }
  if (!when) return bad_schedule("scheduled_at is required when schedule_mode is scheduled.");
  return std::optional<Instant>(TRY(parse_scheduled_at(*when, at)));
}

}  // namespace

Result<Instant> parse_scheduled_at(const std::string& text, Instant at) {
  const std::optional<Instant> time = parse_rfc3339(text);
  if (!time) {
    return bad_schedule(
        "scheduled_at is not an ISO 8601 time with a zone, such as "
        "2026-06-01T07:00:00Z.");
  }
  if (*time < at + kLeadMin) {
    return bad_schedule("scheduled_at must be at least 5 minutes in the future.");
  }
  if (*time > at + kLeadMax) {
    return bad_schedule("scheduled_at must be at most 7 days in the future.");
  }
  return *time;
}

Result<SendRequest> parse_send_request(std::string_view body, Instant at) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string to = TRY(object.required_string("to"));
  std::string text = TRY(object.required_text("text"));
  std::optional<std::string> sender = TRY(object.optional_string("sender_id"));
  std::optional<std::string> route = TRY(object.optional_string("route"));
  (void)TRY(object.optional_bool("international"));  // there is one price a route
  std::optional<Instant> scheduled_at = TRY(parse_schedule(object, at));
  const std::optional<Instant> not_after = TRY(parse_not_after(object, scheduled_at.value_or(at)));
  std::optional<WindowRequest> window = TRY(parse_window(object));
  Msisdn msisdn = TRY(Msisdn::parse(to));
  return SendRequest{.to = std::move(msisdn),
                     .text = std::move(text),
                     .sender = std::move(sender),
                     .route = std::move(route),
                     .scheduled_at = scheduled_at,
                     .not_after = not_after,
                     .window = std::move(window)};
}

}  // namespace dundun
