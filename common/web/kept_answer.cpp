#include "common/web/kept_answer.h"

#include "common/journal/change.h"

namespace dundun {
namespace {

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

void store_answer(Journal& journal, int64_t account_id, const std::optional<IdempotencyKey>& key,
                  const std::string& body) {
  if (!key) return;
  journal.submit(StoreAnswer{account_id, {key->key_hash, 200, body}}, [](auto) {});
}

}  // namespace dundun
