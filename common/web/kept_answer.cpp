#include "common/web/kept_answer.h"

#include <algorithm>
#include <coroutine>

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "sql/send.h"

namespace dundun {
namespace {

// Each look comes twice as late as the one before: many may wait for one answer.
constexpr std::chrono::milliseconds kFirstLookAfter{20};
constexpr std::chrono::milliseconds kLookGapMax{250};

// Goes on after a while.
struct Pause {
  Executor& executor;
  std::chrono::milliseconds delay;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    executor.post_after(delay, [caller] { caller.resume(); });
  }
  void await_resume() const noexcept {}
};

// Longer than the longest inline wait plus the journal's deadline.
constexpr std::chrono::milliseconds kAnswerOverdue{8000};

}  // namespace

Error too_poor(const std::string& currency, Micros cost, Micros balance) {
  Error error = fail(ErrorCode::kInsufficientBalance,
                     "Balance " + currency + " " + format_micros(balance, 2) +
                         " < estimated cost " + currency + " " + format_micros(cost, 2));
  const std::string have = format_micros(balance, 2);
  const std::string need = format_micros(cost, 2);
  error.extra = R"("balance":)" + have + R"(,"cost":)" + need + R"(,"required":)" + need +
                R"(,"available":)" + have + R"(,"currency":")" + currency + R"(")";
  return error;
}

Error opted_out() {
  return fail(ErrorCode::kRecipientOptedOut, "The recipient has opted out of your messages.");
}

Response replay(const StoredAnswer& answer) {
  Response response = Response::json(answer.body, answer.http_status);
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

std::optional<Result<Response>> answer_of_key(const CommitResult& result) {
  if (result.outcome == CommitResult::Outcome::kReplay) return replay(result.answer);
  if (result.outcome == CommitResult::Outcome::kKeyReused) {
    return fail(ErrorCode::kIdempotencyKeyReused,
                "This Idempotency-Key was used with a different request.");
  }
  if (result.outcome != CommitResult::Outcome::kInProgress) return std::nullopt;
  Error error = fail(ErrorCode::kIdempotencyInProgress,
                     "The first request with this Idempotency-Key is still running.");
  error.retry_after_s = 1;
  return error;
}

bool answer_is_overdue(const CommitResult& result) {
  return result.outcome == CommitResult::Outcome::kInProgress && result.age > kAnswerOverdue;
}

Result<std::optional<StoredAnswer>> stored_answer(PgPool& pg, int64_t account_id,
                                                  const IdempotencyKey& key) {
  const PgRows rows = TRY(pg.run(sql::stored_answer, {account_id, PgParam::bytea(key.key_hash),
                                                      PgParam::bytea(key.request_hash)}));
  if (rows.size() == 0) return std::optional<StoredAnswer>();
  return std::optional<StoredAnswer>(
      StoredAnswer{key.key_hash, rows.i16(0, sql::stored_answer.status),
                   std::string(rows.text(0, sql::stored_answer.body))});
}

Task<CommitResult> await_answer(const Services& services, int64_t account_id,
                                const std::optional<IdempotencyKey>& key, CommitResult result,
                                std::chrono::milliseconds more) {
  const auto until = std::chrono::steady_clock::now() + services.config.repeat_wait + more;
  auto gap = kFirstLookAfter;
  while (key && result.outcome == CommitResult::Outcome::kInProgress &&
         !answer_is_overdue(result) && std::chrono::steady_clock::now() < until) {
    Pause pause{services.executor, gap};
    co_await pause;
    gap = std::min(2 * gap, kLookGapMax);
    Result<std::optional<StoredAnswer>> found = stored_answer(services.pg, account_id, *key);
    if (!found || !*found) continue;
    result.outcome = CommitResult::Outcome::kReplay;
    result.answer = **std::move(found);
  }
  co_return result;
}

Task<Done> keep_answer(const Services& services, int64_t account_id,
                       const std::optional<IdempotencyKey>& key, std::string body) {
  if (!key) co_return Done{};
  StoredAnswer answer{key->key_hash, 200, std::move(body)};
  Journal::Commit keeping =
      services.journal->commit(StoreAnswer{account_id, std::move(answer)}, services.executor);
  const Result<CommitResult> kept = co_await keeping;
  co_return Done{};
}

}  // namespace dundun
