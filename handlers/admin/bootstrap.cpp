// The platform's own account and its first administrator. Only dundunctl can run it, and only while
// there is no administrator.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/password_threads.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/users.h"
#include "handlers/admin/endpoints.h"
#include "handlers/admin/new_account.h"
#include "sql/admin.h"
#include "sql/audit.h"

namespace dundun {
namespace {

struct First {
  NewAccount account;
  NewUser admin;
};

Result<First> parse_first_admin(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  First first;
  first.account.name = TRY(object.optional_string("account")).value_or("Platform");
  first.account.currency = TRY(object.optional_string("currency")).value_or("USD");
  first.admin = TRY(parse_new_user(object, context.services.config.sessions, Role::kAdmin));
  first.admin.role = Role::kAdmin;
  // Nobody is there who could invite.
  if (first.admin.password.empty()) {
    return invalid_field("password", "field required", "value_error.missing");
  }
  return first;
}

Result<Response> make_first_admin(Context& context, const First& first, const std::string& hash) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  // Of two at once one waits here, and then finds the other's.
  (void)TRY(change.run(sql::config_version_move));
  const PgRows exists = TRY(change.run(sql::admin_exists));
  if (exists.boolean(0, 0)) {
    return fail(ErrorCode::kAlreadyExists, "There is an administrator already.");
  }
  const int64_t account = TRY(make_account(change, first.account));
  const UserPlace place{account, hash};
  const int64_t user = TRY(make_user(change, first.admin, place));
  TRY(change.commit(AuditedChange::Effect::kConfiguration));
  JsonWriter json;
  json.begin_object()
      .member("account_id", account)
      .member("user_id", user)
      .member("email", first.admin.email)
      .member("role", role_name(first.admin.role))
      .end_object();
  return Response::json(json.take(), 201);
}

}  // namespace

Task<Response> bootstrap(Context& context) {
  const First first = co_await parse_first_admin(context);
  auto work = context.services.passwords.hash(first.admin.password, context.services.executor);
  Result<std::string> hashed = co_await work;
  const std::string hash = co_await std::move(hashed);
  co_return co_await make_first_admin(context, first, hash);
}

}  // namespace dundun
