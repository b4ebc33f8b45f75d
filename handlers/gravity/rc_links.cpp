// POST /v1/rc/connect-token and /v1/rc/invite-token: a link that begins a connection to
// RingCentral, for the caller's own browser or for somebody else's.
#include <algorithm>

#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/rc_setup.h"
#include "sql/ringcentral.h"

namespace dundun {
namespace {

constexpr size_t kTokenBytes = 32;
constexpr int32_t kConnectSeconds = 5 * 60;
constexpr int32_t kInviteSeconds = 30 * 60;

Error too_many(AuditedChange& change, int64_t account) {
  Error error = fail(ErrorCode::kRateLimited, "Too many requests");
  const auto wait = change.run(sql::rc_link_wait, account);
  error.retry_after_s =
      wait && !wait->is_null(0, 0) ? static_cast<int>(std::max<int64_t>(wait->i64(0, 0), 1)) : 60;
  return error;
}

// The token. Only its hash is kept.
Result<std::string> make_link(Context& context, int32_t lives_s) {
  const Caller& caller = context.caller;
  (void)TRY(ringcentral_api(context));  // else the link leads nowhere
  const std::string token = to_hex(random_bytes(kTokenBytes));
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::rc_link_lock, caller.account_id));
  const PgRows made = TRY(change.run(
      sql::rc_link_make, caller.account_id, sha256(token), lives_s, caller.key_id, caller.user_id,
      static_cast<int32_t>(context.services.config.gravity.rc_connect_tokens_per_hour)));
  if (made.affected() == 0) return too_many(change, caller.account_id);
  TRY(change.record({.account_id = caller.account_id,
                     .action = "ringcentral.link_made",
                     .subject = "ringcentral"}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return token;
}

Response not_kept(JsonWriter& json) {
  Response response = Response::json(json.take());
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<Response> rc_connect_token(Context& context) {
  const std::string path = "/v1/rc/connect?token=" + TRY(make_link(context, kConnectSeconds));
  JsonWriter json;
  json.begin_object().member("connectUrl", path).end_object();
  return not_kept(json);
}

Result<Response> rc_invite_token(Context& context) {
  const std::string token = TRY(make_link(context, kInviteSeconds));
  const RingCentralApi api = TRY(ringcentral_api(context));
  const std::string path = "/v1/rc/connect?token=" + token;
  const std::string url = api.settings().public_url + path;
  JsonWriter json;
  json.begin_object().member("connectUrl", path).member("inviteUrl", url).end_object();
  return not_kept(json);
}

}  // namespace dundun
