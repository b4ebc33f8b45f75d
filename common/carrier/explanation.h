// Explains which carriers a message could leave by when it left, and why not by the others. It uses
// the stored versions and the function that chose (common/carrier/routing.h).
#pragma once

#include "common/base/ids.h"
#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// kOwner sees how many carriers there are and why some were left out. Only kOperator sees their
// names and costs.
enum class CarrierSight { kOwner, kOperator };

// Adds the member `carriers`. kNotFound: no such message of this account.
Status write_carriers(JsonWriter& json, PgPool& pg, int64_t account_id, const Uuid& message_id,
                      CarrierSight sight);

}  // namespace dundun
