// POST /auth/password/forgot, /auth/password/reset and /auth/invitation: a password by a link that
// came by mail.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/identity/user_fields.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/csrf.h"
#include "common/web/invitation.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "sql/mail.h"
#include "sql/second_factor.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

struct Forgotten {
  std::string email;  // lower case; perhaps nobody's
  std::string language;
};

Result<Forgotten> parse_forgotten(const Context& context) {
  TRY(require_own_page(context.request, context.services.config.sessions.origins));
  TRY(require_no_form(context.request));
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  Forgotten forgotten;
  const std::string email = TRY(object.required_string("email"));
  forgotten.email = TRY(parse_email(email));
  forgotten.language = TRY(parse_language(object));
  return forgotten;
}

// What a link sets.
struct LinkUse {
  int16_t kind;
  std::string token_hash;
  std::string password;
  int64_t account_id = 0, user_id = 0;
  std::string email;
};

Result<LinkUse> parse_link_use(Context& context, int16_t kind) {
  constexpr auto& col = sql::user_link_of;
  TRY(require_own_page(context.request, context.services.config.sessions.origins));
  TRY(require_no_form(context.request));
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string token = TRY(object.required_string("token"));
  LinkUse use{.kind = kind, .token_hash = sha256(token), .password = {}, .email = {}};
  use.password = TRY(object.required_string("new_password"));
  const PgRows link = TRY(context.services.pg.query(sql::user_link_of, use.token_hash, kind));
  if (link.size() == 0) {
    return fail(ErrorCode::kLinkInvalid, "This link was used, or is too old: ask for another.");
  }
  use.account_id = link.i64(0, col.account_id);
  use.user_id = link.i64(0, col.user_id);
  use.email = link.text(0, col.email);
  TRY(check_new_password({"new_password", use.password, use.email},
                         context.services.config.sessions));
  return use;
}

Result<Response> set_password(Context& context, const LinkUse& use, const std::string& hash) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows used = TRY(change.run(sql::user_link_use, use.token_hash));
  if (used.size() == 0) {
    return fail(ErrorCode::kLinkInvalid, "This link was used, or is too old: ask for another.");
  }
  (void)TRY(change.run(sql::user_links_drop, use.account_id, use.user_id));
  (void)TRY(change.run(sql::user_set_password, use.account_id, use.user_id, hash));
  (void)TRY(change.run(sql::half_sessions_drop, use.account_id, use.user_id));
  constexpr int64_t kNoSessionStays = 0;
  (void)TRY(change.run(sql::sessions_revoke_others, use.account_id, use.user_id, kNoSessionStays));
  Caller person;
  person.account_id = use.account_id;
  person.user_id = use.user_id;
  person.email = use.email;
  TRY(change.record({.account_id = use.account_id,
                     .action = use.kind == kInvitationLink ? "user.joined" : "user.password_reset",
                     .subject = "user " + std::to_string(use.user_id),
                     .by = &person}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.services.control.sessions_ended();
  return Response::json(R"({"status":"changed"})");
}

}  // namespace

// The same work and the same answer for every e-mail: who it is, if anybody, is found out by the
// scheduler.
Result<Response> forgot_password(Context& context) {
  const Forgotten forgotten = TRY(parse_forgotten(context));
  if (context.services.config.mail.url.empty()) {
    return fail(ErrorCode::kUnavailable,
                "This platform sends no mail: ask an administrator for a new password.");
  }
  TRY(count_mail_request(context, forgotten.email));
  (void)TRY(context.services.pg.query(sql::mail_queue, kNewPasswordLink, nullptr, nullptr,
                                      forgotten.email, forgotten.language));
  return Response::json(R"({"status":"accepted"})", 202);
}

namespace {

Task<Response> use_link(Context& context, int16_t kind) {
  co_await count_link_use(context);
  const LinkUse use = co_await parse_link_use(context, kind);
  auto work = context.services.passwords.hash(use.password, context.services.executor);
  Result<std::string> hashed = co_await work;
  const std::string hash = co_await std::move(hashed);
  co_return co_await set_password(context, use, hash);
}

}  // namespace

Task<Response> reset_password(Context& context) { return use_link(context, kNewPasswordLink); }

Task<Response> accept_invitation(Context& context) { return use_link(context, kInvitationLink); }

}  // namespace dundun
