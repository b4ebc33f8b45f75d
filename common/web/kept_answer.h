// Answers that all endpoints that cost money share: balance too low, opted out, repeated key.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "common/base/task.h"
#include "common/journal/journal.h"
#include "common/web/request.h"
#include "common/web/services.h"

namespace dundun {

// 422 (402 under /v1) with both amounts, in wallet currency.
Error too_poor(const std::string& currency, Micros cost, Micros balance);

// 403: the recipient wants no messages from this account.
Error opted_out();

// What a repeated Idempotency-Key gets: the first answer, or 409, or 422. nullopt if the result is
// not about a repeated key.
std::optional<Result<Response>> answer_of_key(const CommitResult& result);

// Whether the first request of this key died between commit and answer: then its answer is rebuilt.
bool answer_is_overdue(const CommitResult& result);

// The answer that the key has already, if the request is the same.
Result<std::optional<StoredAnswer>> stored_answer(PgPool& pg, int64_t account_id,
                                                  const IdempotencyKey& key);

// A repeat that comes while the first request's answer is on its way (kInProgress) waits for it:
// REPEAT_WAIT_MS, and `more` as long as the first may wait for a carrier. The result is then a
// kReplay; any other result comes back as it is. `key` must outlive the task.
Task<CommitResult> await_answer(const Services& services, int64_t account_id,
                                const std::optional<IdempotencyKey>& key, CommitResult result,
                                std::chrono::milliseconds more = {});

// Keeps the answer for the key of an accepted change, if there is a key. Await it before you
// answer: who repeats at once then gets it. An answer that could not be kept is made again later.
Task<Done> keep_answer(const Services& services, int64_t account_id,
                       const std::optional<IdempotencyKey>& key, std::string body);

// The stored answer, with the header that marks it as a replay.
Response replay(const StoredAnswer& answer);

}  // namespace dundun
