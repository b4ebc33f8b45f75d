// Which carriers a message could have left by, and why the others not: as it was when it left, from
// what was stored, by the function that chose (common/carrier/routing.h).
#pragma once

#include "common/base/ids.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/caller.h"

namespace dundun {

// Owners of a message see that there are carriers and why they were left out; who they are and what
// they cost is the platform's.
enum class CarrierSight { kOwner, kOperator };
CarrierSight sight_of(const Caller& caller);

// Adds the member `carriers`. kNotFound: no such message of this account.
Status write_carriers(JsonWriter& json, PgPool& pg, int64_t account_id, const Uuid& message_id,
                      CarrierSight sight);

}  // namespace dundun
