#include "common/web/users.h"

#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/identity/user_fields.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/invitation.h"
#include "common/web/message_json.h"
#include "common/web/text_fields.h"
#include "sql/second_factor.h"
#include "sql/sessions.h"
#include "sql/users.h"

namespace dundun {
namespace {

constexpr size_t kNameBytesMax = 200;

Result<Role> role_of(std::string_view name, Role most) {
  const std::optional<Role> role = parse_role(name);
  if (role && *role <= most) return *role;
  return invalid_field("role",
                       most == Role::kAdmin ? "choose viewer, developer, owner or admin"
                                            : "choose viewer, developer or owner",
                       "value_error.enum");
}

std::string audit_detail(const UserChange& wanted) {
  JsonWriter detail;
  detail.begin_object();
  if (wanted.name) detail.member("name", *wanted.name);
  if (wanted.role) detail.member("role", role_name(*wanted.role));
  if (wanted.is_active) detail.member("is_active", *wanted.is_active);
  if (wanted.password_hash) detail.member("password", "reset");
  return detail.end_object().take();
}

Result<PgRows> apply_user_change(AuditedChange& change, const UserChange& wanted) {
  std::optional<int16_t> role;
  if (wanted.role) role = static_cast<int16_t>(*wanted.role);
  PgRows row = TRY(change.run(sql::user_change, wanted.account_id, wanted.user_id, wanted.name,
                              role, wanted.is_active, wanted.password_hash));
  if (row.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  if (wanted.ends_sessions()) {
    constexpr int64_t kNoneStays = 0;
    (void)TRY(
        change.run(sql::sessions_revoke_others, wanted.account_id, wanted.user_id, kNoneStays));
    (void)TRY(change.run(sql::half_sessions_drop, wanted.account_id, wanted.user_id));
  }
  TRY(change.record({wanted.account_id, "user.changed", "user " + std::to_string(wanted.user_id),
                     audit_detail(wanted)}));
  return row;
}

// The members of a row of users_of_account or user_change but the id.
template <class Columns>
void write_user_row(JsonWriter& json, const PgRows& rows, int row, const Columns& col) {
  json.member("email", rows.text(row, col.email))
      .member("name", rows.text(row, col.name))
      .member("role", role_name(Role(rows.i16(row, col.role))))
      .member("is_active", rows.boolean(row, col.is_active));
  write_time(json, "created_at", rows.maybe_instant(row, col.created_at), format_z);
  write_time(json, "last_login_at", rows.maybe_instant(row, col.last_login_at), format_z);
  json.member("second_factor", rows.boolean(row, col.has_second_factor))
      .member("invited", !rows.boolean(row, col.has_password));
}

}  // namespace

Result<NewUser> parse_new_user(const JsonObject& object, const SessionConfig& config, Role most) {
  NewUser user{};
  const std::string email = TRY(object.required_string("email"));
  user.email = TRY(parse_email(email));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name && !name->empty()) {
    user.name = TRY(bounded_text("name", *std::move(name), kNameBytesMax));
  }
  const std::string role = TRY(object.optional_string("role")).value_or("viewer");
  user.role = TRY(role_of(role, most));
  user.language = TRY(parse_language(object));
  const std::optional<std::string> password = TRY(object.optional_string("password"));
  if (password) TRY(check_new_password({"password", *password, user.email}, config));
  user.password = password.value_or("");
  return user;
}

Result<int64_t> make_user(AuditedChange& change, const NewUser& user, const UserPlace& place) {
  const PgRows claimed = TRY(change.run(sql::user_email_claim, user.email));
  if (claimed.affected() == 0) {
    return fail(ErrorCode::kAlreadyExists, "Somebody with this e-mail exists.");
  }
  const PgRows made = TRY(change.run(sql::user_make, place.account_id, user.email, user.name,
                                     static_cast<int16_t>(user.role), place.password_hash));
  if (made.size() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  const int64_t id = made.i64(0, sql::user_make.user_id);
  JsonWriter detail;
  detail.begin_object()
      .member("email", user.email)
      .member("role", role_name(user.role))
      .end_object();
  TRY(change.record(
      {place.account_id, "user.created", "user " + std::to_string(id), detail.take()}));
  return id;
}

Result<Response> make_user_answered(Context& context, AuditedChange& change, const NewUser& user,
                                    const UserPlace& place) {
  const int64_t id = TRY(make_user(change, user, place));
  std::optional<Invitation> invitation;
  if (user.password.empty()) {
    const Invited person{place.account_id, id, user.email};
    invitation = TRY(invite(context, change, person, user.language));
  }
  JsonWriter json;
  json.begin_object()
      .member("id", id)
      .member("account_id", place.account_id)
      .member("email", user.email)
      .member("name", user.name)
      .member("role", role_name(user.role));
  write_invitation(json, invitation);
  json.end_object();
  return change.commit(AuditedChange::Effect::kNone, Response::json(json.take(), 201));
}

Result<UserChange> parse_user_change(const Context& context, int64_t account_id, int64_t user_id,
                                     Role most) {
  UserChange change{};
  change.account_id = account_id;
  change.user_id = user_id;
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) change.name = TRY(bounded_text("name", *std::move(name), kNameBytesMax));
  const std::optional<std::string> role = TRY(object.optional_string("role"));
  if (role) change.role = TRY(role_of(*role, most));
  change.is_active = TRY(object.optional_bool("is_active"));
  change.password = TRY(object.optional_string("password")).value_or("");
  if (!change.password.empty()) {
    const PgRows user = TRY(context.services.pg.query(sql::user_by_id, account_id, user_id));
    if (user.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
    TRY(check_new_password({"password", change.password, user.text(0, sql::user_by_id.email)},
                           context.services.config.sessions));
  }
  return change;
}

Result<Response> change_user_answered(Context& context, AuditedChange& change,
                                      const UserChange& wanted) {
  const PgRows row = TRY(apply_user_change(change, wanted));
  TRY(change.commit(AuditedChange::Effect::kNone));
  if (wanted.ends_sessions()) context.services.control.sessions_ended();
  JsonWriter json;
  json.begin_object().member("id", wanted.user_id);
  write_user_row(json, row, 0, sql::user_change);
  json.end_object();
  return Response::json(json.take());
}

Result<Response> reset_second_factor(Context& context, AuditedChange& change, const UserId& user) {
  if (user.user_id == context.caller.user_id) {
    return fail(ErrorCode::kInvalidState,
                "Your own: show a code of it (POST /auth/second-factor/enrol, or /remove).");
  }
  const PgRows dropped = TRY(change.run(sql::second_factor_drop, user.account_id, user.user_id));
  if (dropped.size() == 0) return fail(ErrorCode::kNotFound, "There is no second factor.");
  constexpr int64_t kNoneStays = 0;
  (void)TRY(change.run(sql::sessions_revoke_others, user.account_id, user.user_id, kNoneStays));
  TRY(change.record({.account_id = user.account_id,
                     .action = "second_factor.reset",
                     .subject = "user " + std::to_string(user.user_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.services.control.sessions_ended();
  return Response{.status = 204, .body = {}, .headers = {}};
}

Result<Response> list_of_users(Context& context, int64_t account_id) {
  const PgRows rows = TRY(context.services.pg.query(sql::users_of_account, account_id));
  JsonWriter json;
  json.begin_object().key("users").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object().member("id", rows.i64(row, sql::users_of_account.user_id));
    write_user_row(json, rows, row, sql::users_of_account);
    json.end_object();
  }
  return Response::json(json.end_array().end_object().take());
}

}  // namespace dundun
