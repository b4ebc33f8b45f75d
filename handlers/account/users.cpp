// GET, POST /workspace/users, PUT /workspace/users/{id}, DELETE …/second-factor, PUT
// /workspace/second-factor (ours): owners keep the people of their account. Not those of the
// platform: an administrator's password is not theirs to set.
#include "common/web/users.h"

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/control.h"
#include "common/identity/password_threads.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/invitation.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "sql/second_factor.h"
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
  return make_user_answered(context, change, user, place);
}

Result<UserChange> parse_change(const Context& context) {
  const std::optional<int64_t> user = parse_id(context.request.parameters.at(0));
  if (!user) return fail(ErrorCode::kNotFound, "User not found");
  return parse_user_change(context, context.caller.account_id, *user, Role::kOwner);
}

// Rows of users_lock: user, role, active. At least one other owner has to stay. The rows are
// locked, so changes at the same time cannot break this.
Status allow(const PgRows& people, const UserChange& wanted) {
  constexpr auto& col = sql::users_lock;
  bool found = false;
  int other_owners = 0;
  for (int row = 0; row < people.size(); ++row) {
    const auto role = Role(people.i16(row, col.role));
    if (people.i64(row, col.user_id) != wanted.user_id) {
      other_owners += role >= Role::kOwner && people.boolean(row, col.is_active);
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

Result<bool> parse_policy(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<bool> required = TRY(object.optional_bool("required"));
  if (required) return *required;
  return invalid_field("required", "field required", "value_error.missing");
}

}  // namespace

Result<Response> reset_workspace_second_factor(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "User not found");
  const UserId user{context.caller.account_id, *id};
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows people = TRY(change.run(sql::users_lock, user.account_id));
  UserChange untouched{};
  untouched.user_id = user.user_id;
  TRY(allow(people, untouched));
  return reset_second_factor(context, change, user);
}

Result<Response> invite_workspace_user(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "User not found");
  AuditedChange change = TRY(AuditedChange::begin(context));
  return invite_again(context, change, context.caller.account_id, *id);
}

Result<Response> set_second_factor_policy(Context& context) {
  const bool required = TRY(parse_policy(context));
  if (required && !context.caller.second_factor_at) {
    return fail(ErrorCode::kInvalidState, "Take a second factor yourself first.");
  }
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::second_factor_policy, account, required));
  int64_t ended = 0;
  if (required) {
    const PgRows rows = TRY(change.run(sql::sessions_without_second_factor_end, account));
    ended = rows.size();
  }
  TRY(change.record({.account_id = account,
                     .action = "workspace.second_factor",
                     .subject = "account " + std::to_string(account),
                     .detail = required ? R"({"required":true})" : R"({"required":false})"}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  if (ended > 0) context.services.control.sessions_ended();
  JsonWriter json;
  json.begin_object().member("required", required).member("ended_sessions", ended).end_object();
  return Response::json(json.take());
}

Result<Response> list_workspace_users(Context& context) {
  return list_of_users(context, context.caller.account_id);
}

Task<Response> create_workspace_user(Context& context) {
  const NewUser user = co_await parse_new(context);
  std::string hash;  // stays empty for who chooses a password by the link
  if (!user.password.empty()) {
    auto work = context.services.passwords.hash(user.password, context.services.executor);
    Result<std::string> hashed = co_await work;
    hash = co_await std::move(hashed);
  }
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
