#include "handlers/gravity/scope.h"

#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "sql/gravity.h"

namespace dundun {

bool is_gravity_admin(const Caller& caller) { return sees_all_tenants(caller); }

bool manages_tenant(const Caller& caller) { return has_right(caller, Access::kTenant); }

Error admin_key_required() { return fail(ErrorCode::kInsufficientScope, "Admin API key required"); }

Result<PgParam> visible_accounts(Context& context) {
  PgArray accounts(PgArray::Type::kInt8);
  const std::string_view tenant = context.request.query_value("tenantId").value_or("");
  if (!is_gravity_admin(context.caller)) {
    if (!tenant.empty() && tenant != context.caller.tenant_id) {
      return fail(ErrorCode::kNotFound, "Tenant not found");
    }
    accounts.add(context.caller.account_id);
    return accounts.finish();
  }
  const std::optional<std::string_view> wanted =
      tenant.empty() ? std::nullopt : std::optional(tenant);
  const PgRows rows = TRY(context.services.pg.query(sql::gravity_tenants, wanted));
  if (wanted && rows.size() == 0) return fail(ErrorCode::kNotFound, "Tenant not found");
  for (int row = 0; row < rows.size(); ++row) accounts.add(rows.i64(row, 0));
  return accounts.finish();
}

std::optional<std::string> visible_app(const Caller& caller) {
  if (caller.app_id.empty() || is_gravity_admin(caller)) return std::nullopt;
  return caller.app_id;
}

}  // namespace dundun
