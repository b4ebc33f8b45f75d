// Explains which carriers a message could leave by when it left, and why not by the others. It uses
// the stored versions and the function that chose (common/carrier/routing.h).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/ids.h"
#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// kOwner sees how many carriers there are and why some were left out. Only kOperator sees their
// names and costs.
enum class CarrierSight { kOwner, kOperator };

// What write_carriers() has to know is asked in two round trips, each together with whatever else
// the caller asks then. First the message's way; no row in the first answer: the account has no
// such message.
std::vector<Pg::Call> journey_calls(int64_t account_id, const Uuid& message_id);
// Then the configuration of its moment: `journey` has the answers to journey_calls(), with a row.
std::vector<Pg::Call> leg_calls(int64_t account_id, std::span<const PgRows> journey);

// Adds the member `carriers`, from the answers to both.
void write_carriers(JsonWriter& json, std::span<const PgRows> journey, std::span<const PgRows> legs,
                    const Uuid& message_id, CarrierSight sight);

}  // namespace dundun
