// What the answers of login and `me` share.
#pragma once

#include <string>
#include <vector>

#include "common/identity/caller.h"
#include "common/io/json.h"
#include "common/io/pg.h"

namespace dundun {

// Members `user` and `account`, from a row of user_by_id.
void write_user(JsonWriter& json, const PgRows& row, const Caller& caller);

// The member `recovery_codes`, if there are any to tell.
void write_recovery_codes(JsonWriter& json, const std::vector<std::string>& codes);

// The member `permissions`: what may be done.
void write_permissions(JsonWriter& json, const Caller& caller);

}  // namespace dundun
