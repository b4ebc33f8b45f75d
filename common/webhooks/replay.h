// Makes webhook calls again, with the same ids and bodies and a new schedule of attempts. For the
// account and for the platform's administrators.
#pragma once

#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

struct ReplayRange {
  Instant from, to;        // when the calls were first due
  bool delivered = false;  // true: calls that succeeded; false: calls that were given up
  std::optional<std::string> event;
  std::optional<Uuid> endpoint;
};

// date_from, date_to (now), status (dead | delivered), event. kValidation names the field.
Result<ReplayRange> parse_replay_range(const JsonObject& object);

// Oldest first, at most 5,000; `more`: there are more. Leaves out calls whose URL is not set or is
// switched off.
struct Replayed {
  int64_t count = 0;
  bool more = false;
};
Result<Replayed> replay_range(Pg& transaction, int64_t account_id, const ReplayRange& range);
// {"replayed": …, "more": …}
std::string replayed_json(const Replayed& replayed);

// Replays one call. kNotFound; kInvalidState if its URL is not set or is switched off.
Status replay_one(Pg& transaction, int64_t account_id, const Uuid& delivery);

// "evt_" and 32 hex digits, as the call's webhook-id; the bare UUID too.
std::optional<Uuid> parse_delivery_id(std::string_view text);

}  // namespace dundun
