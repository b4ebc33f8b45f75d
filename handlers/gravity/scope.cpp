#include "handlers/gravity/scope.h"

#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "sql/gravity.h"

namespace dundun {

Error admin_key_required() { return fail(ErrorCode::kInsufficientScope, "Admin API key required"); }

Result<PgParam> visible_accounts(Context& context) {
  PgArray accounts(PgArray::Type::kInt8);
  const std::string_view tenant = context.request.query_value("tenantId").value_or("");
  if (!sees_all_tenants(context.caller)) {
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
  for (int row = 0; row < rows.size(); ++row)
    accounts.add(rows.i64(row, sql::gravity_tenants.account_id));
  return accounts.finish();
}

}  // namespace dundun
