// Awaits one change in a coroutine.
#pragma once

#include "common/base/task.h"
#include "common/journal/journal.h"

namespace dundun {

// What became of the change; resumes on the executor. Give the task a name before you await it:
// g++ 12 copies a temporary Change of a co_await expression bit by bit.
Task<CommitResult> commit(Journal& journal, Change change, Executor& executor);

// For what a caller has no words of its own for: kAccountSuspended, and kInternal for a result that
// this kind of change cannot have.
Error other_refusal(const CommitResult& result);

}  // namespace dundun
