// An account as those who run the platform see it.
#pragma once

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/endpoint.h"

namespace dundun {

// The object of a row of admin_accounts.
void write_account(JsonWriter& json, const PgRows& rows, int row);

// The account of the path's first {…}; kNotFound where there is none.
Result<int64_t> path_account(const Context& context);

// The answer that shows an account after a change of it.
Result<Response> account_answer(Context& context, int64_t account_id);

}  // namespace dundun
