// GET /admin/audit-log: changes of routes, prices and rates. GET /admin/accounts/{id}/audit-log.
#include "common/web/audit_json.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/routes.h"

namespace dundun {

Task<Response> platform_audit_log(Context& context) {
  constexpr int64_t kPlatform = 0;
  co_return co_await audit_log_page(context, kPlatform);
}

Task<Response> account_audit_log(Context& context) {
  const int64_t account = co_await path_account(context);
  co_return co_await audit_log_page(context, account);
}

}  // namespace dundun
