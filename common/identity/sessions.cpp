#include "common/identity/sessions.h"

#include "common/identity/caller_rows.h"
#include "sql/callers.h"
#include "sql/sessions.h"

namespace dundun {

Result<std::shared_ptr<const Caller>> SessionStore::caller(const CallerCache& known,
                                                           const std::string& token_hash) {
  PgArray hashes(PgArray::Type::kBytea);
  hashes.add(std::string_view(token_hash));
  const PgRows rows = TRY(pool_.run(sql::callers_of_sessions, {hashes.finish()}));
  if (rows.size() == 0) return std::shared_ptr<const Caller>();
  auto caller = std::make_shared<Caller>(session_caller(rows, 0));
  caller->rate_limit = config_.sessions.rate_limit_per_s;
  caller->sender_ids = TRY(known.sender_ids(pool_, caller->account_id));
  if (rows.boolean(0, sql::callers_of_sessions.unseen_for_a_minute)) touch(token_hash);
  return std::shared_ptr<const Caller>(std::move(caller));
}

void SessionStore::touch(const std::string& token_hash) {
  (void)pool_.run(sql::session_used,
                  {PgParam::bytea(token_hash), static_cast<int32_t>(config_.sessions.idle_s)});
}

}  // namespace dundun
