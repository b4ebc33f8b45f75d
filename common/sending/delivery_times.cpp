#include "common/sending/delivery_times.h"

#include "common/base/time_zone.h"

namespace dundun {
namespace {

constexpr size_t kShownBytesMax = 20;

Error bad_schedule(std::string message) {
  return fail(ErrorCode::kInvalidSchedule, std::move(message));
}

constexpr int16_t kMinutesADay = 24 * 60;

// "HH:MM" or "H:MM", minutes after midnight; 24:00 is the midnight at the day's end.
std::optional<int16_t> time_of_day(std::string_view text) {
  const std::string padded = text.size() == 4 ? "0" + std::string(text) : std::string(text);
  if (padded.size() != 5 || padded[2] != ':') return std::nullopt;
  for (const size_t at : {0, 1, 3, 4}) {
    if (padded[at] < '0' || padded[at] > '9') return std::nullopt;
  }
  const int hours = (padded[0] - '0') * 10 + (padded[1] - '0');
  const int past = (padded[3] - '0') * 10 + (padded[4] - '0');
  const int minutes = hours * 60 + past;
  if (minutes > kMinutesADay || past > 59) return std::nullopt;
  return static_cast<int16_t>(minutes);
}

Result<int16_t> time_of_day(const JsonObject& window, const char* field) {
  const std::string text = TRY(window.required_string(field));
  const std::optional<int16_t> minutes = time_of_day(text);
  if (minutes) return *minutes;
  return bad_schedule("window." + std::string(field) + " is '" + text.substr(0, kShownBytesMax) +
                      "': write a time of day from 00:00 to 24:00, such as 09:00.");
}

}  // namespace

Result<std::optional<WindowRequest>> parse_window(const JsonObject& object) {
  const std::optional<JsonObject> window = TRY(object.optional_object("window"));
  if (!window) return std::optional<WindowRequest>();
  const auto opens = static_cast<int16_t>(TRY(time_of_day(*window, "from")) % kMinutesADay);
  const int16_t closes = TRY(time_of_day(*window, "to"));
  const std::string zone = TRY(window->optional_string("tz")).value_or("recipient");
  if (opens == closes) {
    return bad_schedule(
        "window.from and window.to are the same time: the window would never be open. For the "
        "whole day leave the window out.");
  }
  WindowRequest request{opens, closes, std::nullopt};
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
