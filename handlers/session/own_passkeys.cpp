// The caller's passkeys: GET, POST /auth/passkeys, POST …/options, PUT and DELETE …/{id}; and POST
// /auth/second-factor/passkey with its options, before something dangerous.
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "common/web/paging.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/login_guard.h"
#include "handlers/session/passkey_ceremony.h"
#include "handlers/session/user_json.h"
#include "sql/passkeys.h"
#include "sql/sessions.h"

namespace dundun {
namespace {

Result<SecondFactor> factor_of(Context& context) {
  return second_factor_of(context, context.caller.account_id, context.caller.user_id);
}

std::string to_enrol(const Context& context) {
  return for_session("to enrol in", context.caller.session_id);
}

std::string to_show(const Context& context) {
  return for_session("to show in", context.caller.session_id);
}

// Members of a row of passkeys_of_user, inside an object.
void write_passkey(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::passkeys_of_user;
  json.member("id", rows.i64(row, col.passkey_id))
      .member("name", rows.text(row, col.name))
      .member("created_at", format_z(rows.instant(row, col.created_at)));
  write_time(json, "last_used_at", rows.maybe_instant(row, col.last_used_at), format_z);
  json.member("backed_up", rows.boolean(row, col.backed_up))
      .member("user_verified", rows.boolean(row, col.user_verified));
}

Error no_such_passkey() { return fail(ErrorCode::kNotFound, "Passkey not found"); }

Result<int64_t> parse_passkey_id(const Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return no_such_passkey();
  return *id;
}

Result<std::string> parse_own_password(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return object.required_string("current_password");
}

Result<std::string> password_hash_of(Context& context) {
  const PgRows user = TRY(context.services.pg.query(sql::user_by_id, context.caller.account_id,
                                                    context.caller.user_id));
  if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  return std::string(user.text(0, sql::user_by_id.password_hash));
}

Result<Response> ask_to_make(Context& context) {
  const SecondFactor factor = TRY(factor_of(context));
  return creation_answer(context, factor, to_enrol(context));
}

struct MadePasskey {
  std::string name;
  Credential credential;
};

Result<MadePasskey> parse_made(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  MadePasskey made;
  made.name = TRY(parse_passkey_name(object));
  made.credential = TRY(parse_credential(object, Ceremony::kCreate));
  return made;
}

Response kept_answer(const Kept& kept) {
  JsonWriter json;
  json.begin_object()
      .member("id", kept.passkey_id)
      .member("name", std::string_view(kept.name))
      .member("created_at", format_z(kept.created_at))
      .member_null("last_used_at")
      .member("backed_up", kept.backed_up)
      .member("user_verified", kept.user_verified);
  write_recovery_codes(json, kept.recovery_codes);
  Response response = Response::json(json.end_object().take(), 201);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// The last factor goes where none is needed, and what belongs to it goes too.
Status drop_passkey(Context& context, AuditedChange& change, int64_t passkey_id) {
  const SecondFactor factor = TRY(factor_of(context));
  const PgRows all = TRY(change.run(sql::passkeys_of_user, factor.account_id, factor.user_id));
  const PgRows gone =
      TRY(change.run(sql::passkey_drop, factor.account_id, factor.user_id, passkey_id));
  if (gone.size() == 0) return no_such_passkey();
  if (all.size() > 1 || factor.has_app()) return Done{};
  if (factor.required(context.services.config.sessions)) {
    return fail(ErrorCode::kInvalidState, "You need a second factor: make another passkey first.");
  }
  return drop_all_factors(change, factor);
}

}  // namespace

Result<Response> list_passkeys(Context& context) {
  const SecondFactor factor = TRY(factor_of(context));
  const PgRows rows = TRY(passkeys_of(context, factor));
  JsonWriter json;
  json.begin_object().member("available", bool(own_party(context)));
  json.key("passkeys").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_passkey(json, rows, row);
    json.end_object();
  }
  return Response::json(json.end_array().end_object().take());
}

Task<Response> passkey_options(Context& context) {
  const std::string password = co_await parse_own_password(context);
  const LoginAttempt tried = co_await count_attempt(context, context.caller.email);
  const std::string hash = co_await password_hash_of(context);
  auto check = context.services.passwords.verify(hash, password, context.services.executor);
  Result<bool> checked = co_await check;
  const bool is_right = co_await std::move(checked);
  if (!is_right) co_return fail(ErrorCode::kWrongPassword, "Wrong current password.");
  co_await forgive_attempt(context, tried);
  co_return co_await ask_to_make(context);
}

// From the first factor on every login needs one, so the sessions without it end.
Result<Response> add_passkey(Context& context) {
  const Caller& caller = context.caller;
  const MadePasskey made = TRY(parse_made(context));
  TRY(use_challenge(context, made.credential, Ceremony::kCreate, to_enrol(context)));
  const SecondFactor factor = TRY(factor_of(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const Kept kept = TRY(keep_passkey(context, change, factor, made.credential, made.name));
  if (!factor.in_force()) {
    TRY(note_shown(context, change));
    (void)TRY(change.run(sql::sessions_revoke_others, caller.account_id, caller.user_id,
                         caller.session_id));
  }
  TRY(change.commit(AuditedChange::Effect::kNone));
  if (!factor.in_force()) context.services.control.sessions_ended();
  return kept_answer(kept);
}

Result<Response> rename_passkey(Context& context) {
  const Caller& caller = context.caller;
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string name = TRY(parse_passkey_name(object));
  const int64_t id = TRY(parse_passkey_id(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows row =
      TRY(change.run(sql::passkey_rename, caller.account_id, caller.user_id, id, name));
  if (row.size() == 0) return no_such_passkey();
  TRY(change.record({.account_id = caller.account_id,
                     .action = "passkey.renamed",
                     .subject = "user " + std::to_string(caller.user_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  JsonWriter json;
  json.begin_object();
  write_passkey(json, row, 0);
  return Response::json(json.end_object().take());
}

Result<Response> remove_passkey(Context& context) {
  const Caller& caller = context.caller;
  const int64_t id = TRY(parse_passkey_id(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  // Whoever removes another of this user's passkeys waits.
  (void)TRY(change.run(sql::passkey_owner_lock, caller.account_id, caller.user_id));
  TRY(drop_passkey(context, change, id));
  TRY(change.record(
      {.account_id = caller.account_id,
       .action = "passkey.removed",
       .subject = "user " + std::to_string(caller.user_id),
       .detail = JsonWriter().begin_object().member("passkey", id).end_object().take()}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

Result<Response> show_passkey_options(Context& context) {
  const SecondFactor factor = TRY(factor_of(context));
  const PgRows rows = TRY(passkeys_of(context, factor));
  if (rows.size() == 0) return fail(ErrorCode::kInvalidState, "There is no passkey.");
  return request_answer(context, &rows, to_show(context));
}

Result<Response> show_passkey(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const Credential credential = TRY(parse_credential(object, Ceremony::kGet));
  const LoginAttempt tried = TRY(count_attempt(context, context.caller.email, Guess::kCode));
  TRY(use_challenge(context, credential, Ceremony::kGet, to_show(context)));
  const SecondFactor factor = TRY(factor_of(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows found =
      TRY(change.run(sql::passkey_of_user, factor.account_id, factor.user_id, credential.id));
  (void)TRY(check_passkey(context, change, found, credential, Proves::kTouch));
  TRY(note_shown(context, change));
  Response response = TRY(shown_again(context, change, factor));
  TRY(forgive_attempt(context, tried));
  return response;
}

}  // namespace dundun
