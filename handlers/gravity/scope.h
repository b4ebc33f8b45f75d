// Whose messages and apps a caller of the second dialect sees and changes.
#pragma once

#include <optional>
#include <string>

#include "common/io/pg.h"
#include "common/web/endpoint.h"

namespace dundun {

// Whether the caller sees every tenant: an app of role admin, or an administrator of the platform.
bool is_gravity_admin(const Caller& caller);

// Whether the caller manages the keys of its own tenant.
bool manages_tenant(const Caller& caller);

// 403.
Error admin_key_required();

// The accounts that the caller may read: its own; for an admin all, or that of ?tenantId=.
// kNotFound for an unknown tenant.
Result<PgParam> visible_accounts(Context& context);

// The app whose messages are seen; none: the whole tenant's.
std::optional<std::string> visible_app(const Caller& caller);

}  // namespace dundun
