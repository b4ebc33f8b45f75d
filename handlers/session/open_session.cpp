#include "handlers/session/open_session.h"

#include "common/base/config.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/account.h"
#include "common/web/csrf.h"
#include "handlers/session/cookie.h"
#include "handlers/session/user_json.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

constexpr size_t kSessionTokenBytes = 32;
constexpr size_t kUserAgentBytesMax = 200;

// What a browser says of itself, as it may be shown: printable ASCII only.
std::string shown_agent(const std::string& user_agent) {
  std::string shown;
  for (char c : user_agent.substr(0, kUserAgentBytesMax)) {
    if (c >= ' ' && c <= '~') shown += c;
  }
  return shown;
}

struct NewSession {
  std::string token;
  int64_t id;
  Instant expires_at, ends_at;
};

Result<NewSession> make_session(Context& context, AuditedChange& change, const Opening& opening) {
  constexpr auto& col = sql::session_make;
  const SessionConfig& config = context.services.config.sessions;
  NewSession session{};
  session.token = to_hex(random_bytes(kSessionTokenBytes));
  const PgRows made =
      TRY(change.run(sql::session_make, sha256(session.token), opening.account_id, opening.user_id,
                     static_cast<int32_t>(config.idle_s), static_cast<int32_t>(config.absolute_s),
                     context.request.remote_address, shown_agent(context.request.user_agent),
                     opening.shown != nullptr));
  session.id = made.i64(0, col.session_id);
  session.expires_at = made.instant(0, col.expires_at);
  session.ends_at = made.instant(0, col.ends_at);
  return session;
}

std::string detail_of(const Opening& opening) {
  if (opening.by_provider) return R"({"by":"identity provider"})";
  if (opening.shown == nullptr) return "{}";
  return JsonWriter().begin_object().member("second_factor", opening.shown).end_object().take();
}

Response logged_in(const Caller& caller, const PgRows& user, const NewSession& session,
                   const std::vector<std::string>& recovery_codes) {
  JsonWriter json;
  json.begin_object();
  write_user(json, user, caller);
  write_permissions(json, caller);
  json.member("csrf_token", csrf_token(session.token))
      .member("expires_at", format_z(session.expires_at))
      .member("ends_at", format_z(session.ends_at));
  write_recovery_codes(json, recovery_codes);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace

Result<Response> open_session(Context& context, AuditedChange& change, const Opening& opening) {
  constexpr auto& col = sql::user_by_id;
  const PgRows row = TRY(change.run(sql::user_by_id, opening.account_id, opening.user_id));
  if (row.size() == 0)
    return fail(ErrorCode::kExpiredToken, "The session has ended: log in again.");
  if (AccountStatus(row.i16(0, col.account_status)) != AccountStatus::kActive) {
    return fail(ErrorCode::kAccountSuspended, "This account is suspended.");
  }
  const NewSession session = TRY(make_session(context, change, opening));
  (void)TRY(change.run(sql::user_logged_in, opening.account_id, opening.user_id));
  Caller caller;
  caller.account_id = opening.account_id;
  caller.user_id = opening.user_id;
  caller.email = row.text(0, col.email);
  TRY(change.record({.account_id = opening.account_id,
                     .action = "session.opened",
                     .subject = "session " + std::to_string(session.id),
                     .detail = detail_of(opening),
                     .by = &caller}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  caller.take_role(Role(row.i16(0, col.role)));
  Response response = logged_in(caller, row, session, opening.recovery_codes);
  const SessionConfig& config = context.services.config.sessions;
  response.headers.emplace_back("Set-Cookie",
                                session_cookie(session.token, context.request, config));
  response.headers.emplace_back("Set-Cookie", TRY(device_cookie(context, opening.tried)));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace dundun
