// What an HTTP carrier's answer to a submit means, according to its description.
#pragma once

#include "common/carrier/connector.h"
#include "common/carrier/http/description.h"
#include "common/io/http_client.h"

namespace dundun {

// kUnknown if no rule fits, or if the answer lacks the id that the description promises: then the
// answer says neither that the carrier took the message nor that it did not.
SubmitOutcome judge_answer(const AnswerMeaning& meaning, HttpReply reply, int attempt);

}  // namespace dundun
