#include "common/journal/commit.h"

namespace dundun {

Task<CommitResult> commit(Journal& journal, Change change, Executor& executor) {
  Journal::Commit committing = journal.commit(std::move(change), executor);
  Result<CommitResult> committed = co_await committing;
  co_return co_await std::move(committed);
}

Error other_refusal(const CommitResult& result) {
  if (result.outcome == CommitResult::Outcome::kSuspended) {
    return fail(ErrorCode::kAccountSuspended, "This account is suspended or closed.");
  }
  return fail(ErrorCode::kInternal, "Internal server error", "unexpected journal outcome");
}

}  // namespace dundun
