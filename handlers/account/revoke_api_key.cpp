// DELETE /api-keys/{id}: dead at its next request, its sockets end within a second.
#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/key_fields.h"
#include "sql/api_keys.h"

namespace dundun {
namespace {

Result<Response> revoke(Context& context, int64_t key_id) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows revoked = TRY(change.run(sql::key_revoke, account, key_id,
                                        environments_param(visible_environments(context.caller))));
  if (revoked.size() == 0) return fail(ErrorCode::kNotFound, "API key not found");
  TRY(change.record({.account_id = account,
                     .action = "api_key.revoked",
                     .subject = "api_key " + std::to_string(key_id)}));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> revoke_api_key(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "API key not found");
  return revoke(context, *id);
}

}  // namespace dundun
