// Callers as PostgreSQL's rows show them: the same statements and the same reading for the API and
// for the bridge.
#pragma once

#include "common/identity/caller.h"
#include "common/io/pg.h"

namespace dundun {

// A row of callers_of_keys, without its sender IDs.
Caller key_caller(const PgRows& rows, int row);

// A row of callers_of_sessions, without its limit and sender IDs.
Caller session_caller(const PgRows& rows, int row);

}  // namespace dundun
