// GET, POST /workspace/users, PUT /workspace/users/{id} (ours): owners keep the people of their
// account. Not those of the platform: an administrator's password is not theirs to set.
#include "common/web/users.h"

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "sql/users.h"

namespace dundun {
namespace {

Result<NewUser> parse_new(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return parse_new_user(object, context.services.config.sessions, Role::kOwner);
}

Result<Response> create(Context& context, const NewUser& user, const std::string& hash) {
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows people = TRY(change.run(sql::users_lock, account));
  const int users_max = context.services.config.users_max;
  if (people.size() >= users_max) {
    return fail(ErrorCode::kAlreadyExists,
                "There are " + std::to_string(users_max) + " users already.");
  }
  const UserPlace place{account, hash};
  return make_user_answered(change, user, place);
}

Result<UserChange> parse_change(const Context& context) {
  const std::optional<int64_t> user = parse_id(context.request.parameters.at(0));
  if (!user) return fail(ErrorCode::kNotFound, "User not found");
  return parse_user_change(context, context.caller.account_id, *user, Role::kOwner);
}

// Rows of users_lock: user, role, active. At least one other owner has to stay. The rows are
// locked, so changes at the same time cannot break this.
Status allow(const PgRows& people, const UserChange& wanted) {
  bool found = false;
  int other_owners = 0;
  for (int row = 0; row < people.size(); ++row) {
    const auto role = Role(people.i16(row, 1));
    if (people.i64(row, 0) != wanted.user_id) {
      other_owners += role >= Role::kOwner && people.boolean(row, 2);
    } else if (role == Role::kAdmin) {
      return fail(ErrorCode::kInsufficientScope, "This user is an administrator of the platform.");
    } else {
      found = true;
    }
  }
  if (!found) return fail(ErrorCode::kNotFound, "User not found");
  const bool ends_as_owner =
      (!wanted.role || *wanted.role >= Role::kOwner) && wanted.is_active.value_or(true);
  if (other_owners == 0 && !ends_as_owner) {
    return fail(ErrorCode::kInvalidState, "An account keeps at least one active owner.");
  }
  return Done{};
}

Result<Response> apply(Context& context, const UserChange& wanted) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows people = TRY(change.run(sql::users_lock, wanted.account_id));
  TRY(allow(people, wanted));
  return change_user_answered(context, change, wanted);
}

}  // namespace

Result<Response> list_workspace_users(Context& context) {
  return list_of_users(context, context.caller.account_id);
}

Task<Response> create_workspace_user(Context& context) {
  const NewUser user = co_await parse_new(context);
  auto work = context.services.passwords.hash(user.password, context.services.executor);
  Result<std::string> hashed = co_await work;
  const std::string hash = co_await std::move(hashed);
  co_return co_await create(context, user, hash);
}

Task<Response> change_workspace_user(Context& context) {
  UserChange wanted = co_await parse_change(context);
  if (!wanted.password.empty()) {
    auto work = context.services.passwords.hash(wanted.password, context.services.executor);
    Result<std::string> hashed = co_await work;
    wanted.password_hash = co_await std::move(hashed);
  }
  co_return co_await apply(context, wanted);
}

}  // namespace dundun
