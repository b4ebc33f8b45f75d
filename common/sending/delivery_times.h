// When a message or a campaign may leave, as a request says it (handlers/README.md, Schedules).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/time.h"
#include "common/io/json.h"

namespace dundun {

// Minutes after local midnight. Without a zone the clocks of the recipient's country count.
struct WindowRequest {
  int16_t opens;
  int16_t closes;
  std::optional<std::string> zone;  // of parse_time_zone, not looked up yet
};

// {"from": "HH:MM", "to": "HH:MM", "tz": <IANA name or offset> | "recipient"}; kInvalidSchedule, or
// kValidation for the zone.
Result<std::optional<WindowRequest>> parse_window(const JsonObject& object);

// `not_after`, which must lie after `earliest`; kInvalidSchedule.
Result<std::optional<Instant>> parse_not_after(const JsonObject& object, Instant earliest);

Error unknown_zone();
Error opens_too_late(Instant opens);

}  // namespace dundun
