// What a new send and a retry have in common: the message as the journal takes it, its submit, and
// the record of what the carrier said.
#pragma once

#include <functional>

#include "common/carrier/dispatch.h"
#include "common/web/route.h"
#include "handlers/messages/send_request.h"

namespace dundun {

AcceptMessage accept_message(const SendRequest& request, const SendPlan& plan,
                             const Context& context);

// With a window: when it may leave, by the clocks of its zone; a message that must wait for that is
// a scheduled one. kInvalidSchedule for an unknown zone or a window that opens after not_after.
Status apply_window(const SendRequest& request, const Context& context, AcceptMessage& accept);

// `receipt` is that of the accepted message.
Submission submission_of(const AcceptMessage& accept, const Receipt& receipt);

// 422 (402 under /v1) with both amounts, in wallet currency.
Error too_poor(const AcceptMessage& accept, Micros balance);

// What a repeated Idempotency-Key gets: the first answer, or 409 or 422. nullopt for a receipt that
// has nothing to do with a key.
std::optional<Result<Response>> answer_of_key(const Receipt& receipt);

// The first request of this key died between commit and answer: it is rebuilt from the message.
bool answer_is_overdue(const Receipt& receipt);

// Gives the key of an accepted message its answer.
void store_answer(Journal& journal, const AcceptMessage& accept, const std::string& body);

// 200 with the header that says so.
Response replay(const StoredAnswer& answer);

// Records an outcome that nobody waits for any more.
std::function<void(SubmitOutcome)> record_late(Journal& journal, const Submission& submission,
                                               const RetryDelays& delays);

}  // namespace dundun
