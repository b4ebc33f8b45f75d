// Accounts as they are made: by the platform's admins, and the very first by bootstrap.
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

}  // namespace dundun
