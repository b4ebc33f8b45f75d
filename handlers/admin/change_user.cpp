// GET /admin/accounts/{id}/users, PUT /admin/accounts/{id}/users/{user}: name, role, is_active,
// password. Less than they had, or another password, ends their sessions.
#include "common/io/json.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "common/web/text_fields.h"
#include "common/web/user_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr size_t kNameBytesMax = 200;

struct UserChange {
  int64_t account_id;
  int64_t user_id;
  std::optional<std::string> name;
  std::optional<Role> role;
  std::optional<bool> is_active;
  std::string password;  // empty: stays
  std::optional<std::string> password_hash;
  bool ends_sessions() const { return role || is_active || !password.empty(); }
};

void write_time(JsonWriter& json, const char* name, std::optional<Instant> at) {
  std::optional<std::string> text;
  if (at) text = format_z(*at);
  json.member(name, text);
}

// Columns from `first`: e-mail, name, role, active, made, last login.
void write_user_row(JsonWriter& json, const PgRows& rows, int row, int first) {
  json.member("email", rows.text(row, first))
      .member("name", rows.text(row, first + 1))
      .member("role", role_name(Role(rows.i16(row, first + 2))))
      .member("is_active", rows.boolean(row, first + 3));
  write_time(json, "created_at", rows.maybe_instant(row, first + 4));
  write_time(json, "last_login_at", rows.maybe_instant(row, first + 5));
}

Result<UserChange> parse(const Context& context) {
  UserChange change{};
  change.account_id = TRY(path_account(context));
  const std::optional<int64_t> user = parse_id(context.request.parameters.at(1));
  if (!user) return fail(ErrorCode::kNotFound, "User not found");
  change.user_id = *user;
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name) change.name = TRY(bounded_text("name", *std::move(name), kNameBytesMax));
  const std::optional<std::string> role = TRY(object.optional_string("role"));
  if (role) {
    change.role = parse_role(*role);
    if (!change.role) {
      return invalid_field("role", "choose viewer, developer, owner or admin", "value_error.enum");
    }
  }
  change.is_active = TRY(object.optional_bool("is_active"));
  change.password = TRY(object.optional_string("password")).value_or("");
  if (!change.password.empty()) {
    TRY(check_new_password({"password", change.password, ""}, context.app.config.sessions));
  }
  return change;
}

std::string audit_detail(const UserChange& wanted) {
  JsonWriter detail;
  detail.begin_object();
  if (wanted.name) detail.member("name", std::string_view(*wanted.name));
  if (wanted.role) detail.member("role", role_name(*wanted.role));
  if (wanted.is_active) detail.member("is_active", *wanted.is_active);
  if (wanted.password_hash) detail.member("password", "reset");
  return detail.end_object().take();
}

Result<Response> apply(Context& context, const UserChange& wanted) {
  std::optional<int16_t> role;
  if (wanted.role) role = static_cast<int16_t>(*wanted.role);
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows row = TRY(change.run(sql::admin_user_change, wanted.account_id, wanted.user_id,
                                    wanted.name, role, wanted.is_active, wanted.password_hash));
  if (row.size() == 0) return fail(ErrorCode::kNotFound, "User not found");
  std::vector<std::string> ended;
  if (wanted.ends_sessions()) {
    constexpr int64_t kNoneStays = 0;
    const PgRows revoked =
        TRY(change.run(sql::sessions_revoke_others, wanted.account_id, wanted.user_id, kNoneStays));
    for (int i = 0; i < revoked.size(); ++i) ended.emplace_back(revoked.text(i, 0));
  }
  TRY(change.record({wanted.account_id, "user.changed", "user " + std::to_string(wanted.user_id),
                     audit_detail(wanted)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  context.app.control.forget_sessions(ended);
  JsonWriter json;
  json.begin_object().member("id", wanted.user_id);
  write_user_row(json, row, 0, 0);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace

Task<Response> list_users(Context& context) {
  const int64_t account = co_await path_account(context);
  const PgRows rows = co_await context.app.pg.query(sql::admin_users, account);
  JsonWriter json;
  json.begin_object().key("users").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object().member("id", rows.i64(row, 0));
    write_user_row(json, rows, row, 1);
    json.end_object();
  }
  json.end_array().end_object();
  co_return Response::json(json.take());
}

Task<Response> change_user(Context& context) {
  UserChange wanted = co_await parse(context);
  if (!wanted.password.empty()) {
    auto work = context.app.passwords.hash(wanted.password, context.app.executor);
    Result<std::string> hashed = co_await work;
    wanted.password_hash = co_await std::move(hashed);
  }
  co_return co_await apply(context, wanted);
}

}  // namespace dundun
