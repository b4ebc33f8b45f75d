// POST /admin/accounts/{id}/users: a person who may log in.
#include "common/io/json.h"
#include "common/web/text_fields.h"
#include "common/web/user_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/new_account.h"
#include "handlers/admin/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

constexpr size_t kNameBytesMax = 200;

Result<Response> create(Context& context, const NewUser& user, const UserPlace& place) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const int64_t id = TRY(make_user(change, user, place));
  TRY(change.commit(AuditedChange::Effect::kNone));
  JsonWriter json;
  json.begin_object()
      .member("id", id)
      .member("account_id", place.account_id)
      .member("email", std::string_view(user.email))
      .member("name", std::string_view(user.name))
      .member("role", role_name(user.role))
      .end_object();
  return Response::json(json.take(), 201);
}

}  // namespace

Result<NewUser> parse_user(const JsonObject& object, const SessionConfig& config) {
  NewUser user{};
  const std::string email = TRY(object.required_string("email"));
  user.email = TRY(parse_email(email));
  std::optional<std::string> name = TRY(object.optional_string("name"));
  if (name && !name->empty()) {
    user.name = TRY(bounded_text("name", *std::move(name), kNameBytesMax));
  }
  const std::optional<Role> role =
      parse_role(TRY(object.optional_string("role")).value_or("owner"));
  if (!role) {
    return invalid_field("role", "choose viewer, developer, owner or admin", "value_error.enum");
  }
  user.role = *role;
  user.password = TRY(object.required_string("password"));
  TRY(check_new_password({"password", user.password, user.email}, config));
  return user;
}

Result<int64_t> make_user(AuditedChange& change, const NewUser& user, const UserPlace& place) {
  const PgRows claimed = TRY(change.run(sql::admin_email_claim, user.email));
  if (claimed.affected() == 0) {
    return fail(ErrorCode::kAlreadyExists, "Somebody with this e-mail exists.");
  }
  const PgRows made = TRY(change.run(sql::admin_user_make, place.account_id, user.email, user.name,
                                     static_cast<int16_t>(user.role), place.password_hash));
  if (made.size() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  const int64_t id = made.i64(0, 0);
  JsonWriter detail;
  detail.begin_object()
      .member("email", std::string_view(user.email))
      .member("role", role_name(user.role))
      .end_object();
  TRY(change.record(
      {place.account_id, "user.created", "user " + std::to_string(id), detail.take()}));
  return id;
}

Task<Response> create_user(Context& context) {
  const int64_t account = co_await path_account(context);
  const JsonDocument document = co_await JsonDocument::parse(context.request.body);
  const JsonObject object = co_await JsonObject::of(document);
  const NewUser user = co_await parse_user(object, context.app.config.sessions);
  auto work = context.app.passwords.hash(user.password, context.app.executor);
  Result<std::string> hashed = co_await work;
  const std::string hash = co_await std::move(hashed);
  const UserPlace place{account, hash};
  co_return co_await create(context, user, place);
}

}  // namespace dundun
