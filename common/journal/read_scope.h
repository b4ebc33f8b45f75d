// Whether the journal reads the rows of all accounts of a batch in one call, or makes one call for
// each account.
//
// A PostgreSQL that is distributed by account runs a statement on one node if the statement says
// `account_id = $1`. A call for one account touches the rows of that account only, but it still
// hands its id over as an array of one: the statements join on it. For such a PostgreSQL they need
// a second form, with the id as a scalar.
//
// Processes that lock in different orders can deadlock. So all of an installation must have the
// same scope.
#pragma once

namespace dundun {

enum class ReadScope { kBatch, kAccount };

}  // namespace dundun
