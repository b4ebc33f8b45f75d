// POST /admin/accounts/{id}/users: a person who may log in.
#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/identity/password_threads.h"
#include "common/web/audited_change.h"
#include "common/web/users.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"

namespace dundun {
namespace {

Result<NewUser> parse_new_user(const Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  return parse_new_user(object, context.services.config.sessions, Role::kAdmin);
}

Result<Response> create_user_row(Context& context, const NewUser& user, const UserPlace& place) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  return make_user_answered(context, change, user, place);
}

}  // namespace

Task<Response> create_user(Context& context) {
  const int64_t account = co_await path_account(context);
  const NewUser user = co_await parse_new_user(context);
  std::string hash;  // stays empty for who chooses a password by the link
  if (!user.password.empty()) {
    auto work = context.services.passwords.hash(user.password, context.services.executor);
    Result<std::string> hashed = co_await work;
    hash = co_await std::move(hashed);
  }
  const UserPlace place{account, hash};
  co_return co_await create_user_row(context, user, place);
}

}  // namespace dundun
