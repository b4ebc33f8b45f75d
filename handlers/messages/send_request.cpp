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

Result<std::optional<Instant>> parse_not_after(const JsonObject& object, Instant earliest) {
  const std::optional<std::string> text = TRY(object.optional_string("not_after"));
  if (!text) return std::optional<Instant>();
  const std::optional<Instant> time = parse_rfc3339(*text);
  if (!time) return bad_schedule("not_after is not an ISO 8601 time with a zone.");
  if (*time <= earliest) {
    return bad_schedule("not_after must lie after the time at which the message is to leave.");
  }
  return time;
}

// "HH:MM", minutes after midnight.
std::optional<int16_t> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t at : {0, 1, 3, 4}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int past = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || past > 59) return std::nullopt;
  return static_cast<int16_t>(hours * 60 + past);
}

Result<std::optional<WindowRequest>> parse_window(const JsonObject& object) {
  const std::optional<JsonObject> window = TRY(object.optional_object("window"));
  if (!window) return std::optional<WindowRequest>();
  const std::optional<int16_t> opens = time_of_day(TRY(window->required_string("from")));
  const std::optional<int16_t> closes = time_of_day(TRY(window->required_string("to")));
  const std::string zone = TRY(window->optional_string("tz")).value_or("recipient");
  if (!opens || !closes || *opens == *closes) {
    return bad_schedule("window.from and window.to are two different times of day, such as 09:00.");
  }
  WindowRequest request{*opens, *closes, std::nullopt};
  if (zone != "recipient") request.zone = zone;
  return std::optional<WindowRequest>(std::move(request));
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
  std::optional<Instant> scheduled_at = TRY(parse_schedule(object, at));
  const std::optional<Instant> not_after = TRY(parse_not_after(object, scheduled_at.value_or(at)));
  std::optional<WindowRequest> window = TRY(parse_window(object));
  Msisdn msisdn = TRY(Msisdn::parse(to));
  return SendRequest{std::move(msisdn), std::move(text), std::move(sender), std::move(route),
                     scheduled_at,      not_after,       std::move(window)};
}

}  // namespace dundun
