// GET /admin/accounts/{id}/users, PUT /admin/accounts/{id}/users/{user}: name, role, is_active,
// password; DELETE …/second-factor.
#include "common/base/executor.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/invitation.h"
#include "common/web/paging.h"
#include "common/web/users.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"

namespace dundun {
namespace {

Result<UserId> path_user(const Context& context) {
  const int64_t account = TRY(path_account(context));
  const std::optional<int64_t> user = parse_id(context.request.parameters.at(1));
  if (!user) return fail(ErrorCode::kNotFound, "User not found");
  return UserId{account, *user};
}

Result<UserChange> parse_user_change(const Context& context) {
  const UserId user = TRY(path_user(context));
  return parse_user_change(context, user.account_id, user.user_id, Role::kAdmin);
}

Result<Response> apply_user(Context& context, const UserChange& wanted) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  return change_user_answered(context, change, wanted);
}

}  // namespace

Result<Response> reset_user_second_factor(Context& context) {
  const UserId user = TRY(path_user(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  return reset_second_factor(context, change, user);
}

Result<Response> invite_user(Context& context) {
  const UserId user = TRY(path_user(context));
  AuditedChange change = TRY(AuditedChange::begin(context));
  return invite_again(context, change, user.account_id, user.user_id);
}

Result<Response> list_users(Context& context) {
  const int64_t account = TRY(path_account(context));
  return list_of_users(context, account);
}

Task<Response> change_user(Context& context) {
  UserChange wanted = co_await parse_user_change(context);
  if (!wanted.password.empty()) {
    auto work = context.services.passwords.hash(wanted.password, context.services.executor);
    Result<std::string> hashed = co_await work;
    wanted.password_hash = co_await std::move(hashed);
  }
  co_return co_await apply_user(context, wanted);
}

}  // namespace dundun
