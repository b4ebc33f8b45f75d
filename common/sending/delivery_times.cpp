#include "common/sending/delivery_times.h"

#include "common/base/time_zone.h"

namespace dundun {
namespace {

Error bad_schedule(std::string message) {
  return fail(ErrorCode::kInvalidSchedule, std::move(message));
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

}  // namespace

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
  if (zone != "recipient") {
    request.zone = parse_time_zone(zone);
    if (!request.zone) return unknown_zone();
  }
  return std::optional<WindowRequest>(std::move(request));
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

Error unknown_zone() {
  return invalid_field("window.tz",
                       "no known time zone: use an IANA name such as Africa/Nairobi, or an offset "
                       "such as +03:00",
                       "value_error.timezone");
}

Error opens_too_late(Instant opens) {
  return bad_schedule("The window opens only at " + format_z(opens) + ", after not_after.");
}

}  // namespace dundun
