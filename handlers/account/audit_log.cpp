// GET /audit-log: who changed rights, money and settings of this account.
#include "common/web/audit_json.h"
#include "handlers/account/endpoints.h"

namespace dundun {

Result<Response> audit_log(Context& context) {
  return audit_log_page(context, context.caller.account_id);
}

}  // namespace dundun
