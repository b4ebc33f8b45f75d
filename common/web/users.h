// The users of an account, who may log in. Makes, changes and shows them, for the account's owners
// and for the platform's administrators.
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
  std::string password;  // empty: invited, chooses one by a link
  std::string language;  // of the invitation's mail
};
// The role is `viewer`, the least, if it is left out, and at most `most`. kValidation names the
// field.
Result<NewUser> parse_new_user(const JsonObject& object, const SessionConfig& config, Role most);

struct UserPlace {
  int64_t account_id;
  const std::string& password_hash;  // empty: none yet
};
// Makes the user and gives the id. kAlreadyExists if another user has the e-mail; kNotFound if
// there is no such account.
Result<int64_t> make_user(AuditedChange& change, const NewUser& user, const UserPlace& place);
// Makes the user, invites who has no password, commits, and answers 201.
Result<Response> make_user_answered(Context& context, AuditedChange& change, const NewUser& user,
                                    const UserPlace& place);

struct UserChange {
  int64_t account_id;
  int64_t user_id;
  std::optional<std::string> name;
  std::optional<Role> role;
  std::optional<bool> is_active;
  std::string password;  // empty: unchanged
  std::optional<std::string> password_hash;
  // Another role, state or password ends the user's sessions.
  bool ends_sessions() const { return role || is_active || !password.empty(); }
};
// From the body of a PUT. The caller makes `password_hash`. kNotFound: no such user.
Result<UserChange> parse_user_change(const Context& context, int64_t account_id, int64_t user_id,
                                     Role most);
// Changes the user, writes the line of the audit log, commits, ends the sessions that end by it,
// and answers with the user. kNotFound.
Result<Response> change_user_answered(Context& context, AuditedChange& change,
                                      const UserChange& wanted);

struct UserId {
  int64_t account_id;
  int64_t user_id;
};
// Takes another user's second factor away, with the sessions and the codes on paper, and commits:
// the phone is lost. kInvalidState: it is the caller's own. kNotFound: there is none.
Result<Response> reset_second_factor(Context& context, AuditedChange& change, const UserId& user);

// {"users": […]} of an account.
Result<Response> list_of_users(Context& context, int64_t account_id);

}  // namespace dundun
