// GET /audit-log: who changed rights, money and settings of this account.
#include "common/web/audit_json.h"
#include "handlers/account/routes.h"

namespace dundun {

Task<Response> audit_log(Context& context) {
  co_return co_await audit_log_page(context, context.caller.account_id);
}

}  // namespace dundun
