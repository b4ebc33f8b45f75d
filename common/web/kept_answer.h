// Answers that all endpoints that cost money share: balance too low, opted out, repeated key.
#pragma once

#include <optional>
#include <string>

#include "common/journal/journal.h"
#include "common/web/request.h"

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

// Keeps the answer for the key of an accepted change, if there is a key.
void store_answer(Journal& journal, int64_t account_id, const std::optional<IdempotencyKey>& key,
                  const std::string& body);

// The stored answer, with the header that marks it as a replay.
Response replay(const StoredAnswer& answer);

}  // namespace dundun
