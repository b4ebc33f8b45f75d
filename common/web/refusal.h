// Answers that everything that costs money shares: too poor, and a repeated Idempotency-Key.
#pragma once

#include <optional>
#include <string>

#include "common/journal/journal.h"
#include "common/web/request.h"

namespace dundun {

// 422 (402 under /v1) with both amounts, in wallet currency.
Error too_poor(const std::string& currency, Micros cost, Micros balance);

// 403: the recipient wants nothing from this account.
Error opted_out();

// What a repeated Idempotency-Key gets: the first answer, or 409 or 422. nullopt for a receipt that
// has nothing to do with a key.
std::optional<Result<Response>> answer_of_key(const Receipt& receipt);

// The first request of this key died between commit and answer: it is rebuilt.
bool answer_is_overdue(const Receipt& receipt);

// Gives the key of an accepted change its answer, if there is a key.
void store_answer(Journal& journal, int64_t account_id, const std::optional<IdempotencyKey>& key,
                  const std::string& body);

// 200 with the header that says so.
Response replay(const StoredAnswer& answer);

}  // namespace dundun
