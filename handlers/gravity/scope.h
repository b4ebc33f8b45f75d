// Whose messages and apps a caller of the second dialect sees and changes.
#pragma once

#include <optional>
#include <string>

#include "common/io/pg.h"
#include "common/web/route.h"

namespace dundun {

// An app of role admin, or an administrator of the platform: every tenant.
bool is_gravity_admin(const Caller& caller);

// Whoever manages the keys of the own tenant.
bool manages_tenant(const Caller& caller);

// 403.
Error admin_key_required();

// The accounts a caller reads: the own one; for an admin all, or that of ?tenantId=. kNotFound for
// a tenant that nobody knows.
Result<PgParam> visible_accounts(Context& context);

// The app whose messages are seen; none: the whole tenant's.
std::optional<std::string> visible_app(const Caller& caller);

}  // namespace dundun
