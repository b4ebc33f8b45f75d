#include "common/identity/sessions.h"

#include "sql/sessions.h"

namespace dundun {
namespace {}  // namespace

Result<std::shared_ptr<const Caller>> SessionStore::caller(const CallerCache& known,
                                                           const std::string& token_hash) {
  const PgRows rows = TRY(pool_.run(sql::session_caller, {PgParam::bytea(token_hash)}));
  if (rows.size() == 0) return std::shared_ptr<const Caller>();
  auto caller = std::make_shared<Caller>();
  caller->session_id = rows.i64(0, 0);
  caller->account_id = rows.i64(0, 1);
  caller->user_id = rows.i64(0, 2);
  caller->take_role(Role(rows.i16(0, 3)));
  caller->email = rows.text(0, 4);
  caller->suspended = rows.i16(0, 5) != kAccountActive;
  caller->currency = rows.text(0, 6);
  caller->tenant_id = rows.text(0, 7);
  caller->rate_limit = config_.sessions.rate_limit_per_s;
  caller->sender_ids = TRY(known.sender_ids(pool_, caller->account_id));
  if (rows.boolean(0, 8)) touch(token_hash);
  return std::shared_ptr<const Caller>(std::move(caller));
}

void SessionStore::touch(const std::string& token_hash) {
  auto rows = pool_.run(sql::session_used, {PgParam::bytea(token_hash),
                                            static_cast<int32_t>(config_.sessions.idle_s)});
  if (!rows || rows->size() == 0) return;
  control_.keep_session({token_hash, rows->i64(0, 0), rows->instant(0, 1)},
                        Control::Copy::kRenewed);
}

}  // namespace dundun
