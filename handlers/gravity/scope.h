// Whose messages and apps a caller of the second dialect sees and changes.
#pragma once

#include <optional>
#include <string>

#include "common/io/pg.h"
#include "common/web/endpoint.h"

namespace dundun {

// 403.
Error admin_key_required();

// The accounts that the caller may read: its own; for an admin all, or that of ?tenantId=.
// kNotFound for an unknown tenant.
Result<PgParam> visible_accounts(Context& context);

}  // namespace dundun
