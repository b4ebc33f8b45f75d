// People of an account who may log in: made, changed and shown, by its owners and by who runs the
// platform.
#pragma once

#include <optional>
#include <string>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"

namespace dundun {

struct NewUser {
  std::string email;  // lower case
  std::string name;
  Role role;
  std::string password;
};
// The role is `owner` where it is left out, and at most `most`. kValidation names the field.
Result<NewUser> parse_new_user(const JsonObject& object, const SessionConfig& config, Role most);

struct UserPlace {
  int64_t account_id;
  const std::string& password_hash;
};
// The user's id. kAlreadyExists when somebody has the e-mail, kNotFound when there is no such
// account.
Result<int64_t> make_user(AuditedChange& change, const NewUser& user, const UserPlace& place);
// 201 of it; commits.
Result<Response> make_user_answered(AuditedChange& change, const NewUser& user,
                                    const UserPlace& place);

struct UserChange {
  int64_t account_id;
  int64_t user_id;
  std::optional<std::string> name;
  std::optional<Role> role;
  std::optional<bool> is_active;
  std::string password;  // empty: stays
  std::optional<std::string> password_hash;
  // Less than they had, or another password, ends their sessions.
  bool ends_sessions() const { return role || is_active || !password.empty(); }
};
// From the body of a PUT; `password_hash` is for the caller to make.
Result<UserChange> parse_user_change(const Context& context, Role most);
// kNotFound. Writes the line of the audit log; the sessions that ended are in `ended`.
Result<PgRows> change_user(AuditedChange& change, const UserChange& wanted,
                           std::vector<std::string>& ended);

// {"users": […]} of an account.
Result<Response> list_of_users(Context& context, int64_t account_id);
// Members of a row of admin_users from column `first`: e-mail, name, role, active, made, last
// login.
void write_user_row(JsonWriter& json, const PgRows& rows, int row, int first);

}  // namespace dundun
