// Accounts and users as they are made: by the platform's admins, and the very first by bootstrap.
#pragma once

#include <string>

#include "common/io/json.h"
#include "common/web/audited_change.h"

namespace dundun {

struct NewAccount {
  std::string name;
  std::string currency;
};
// kValidation names the field.
Result<NewAccount> parse_account(const JsonObject& object, const Snapshot& snapshot);
Result<int64_t> make_account(AuditedChange& change, const NewAccount& account);

struct NewUser {
  std::string email;  // lower case
  std::string name;
  Role role;
  std::string password;
};
// `role` is `owner` where it is left out.
Result<NewUser> parse_user(const JsonObject& object, const SessionConfig& config);
// kAlreadyExists when somebody has the e-mail, kNotFound when there is no such account.
struct UserPlace {
  int64_t account_id;
  const std::string& password_hash;
};
Result<int64_t> make_user(AuditedChange& change, const NewUser& user, const UserPlace& place);

}  // namespace dundun
