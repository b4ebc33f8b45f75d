// GET /admin/audit-log: changes of routes, prices and rates. GET /admin/accounts/{id}/audit-log.
#include "common/web/audit_json.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"

namespace dundun {

Result<Response> platform_audit_log(Context& context) {
  constexpr int64_t kPlatform = 0;
  return audit_log_page(context, kPlatform);
}

Result<Response> account_audit_log(Context& context) {
  const int64_t account = TRY(path_account(context));
  return audit_log_page(context, account);
}

}  // namespace dundun
