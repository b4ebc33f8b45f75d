// What an HTTP carrier's answer to a submit means, by its description.
#pragma once

#include "common/carrier/connector.h"
#include "common/carrier/http_description.h"
#include "common/io/http_client.h"

namespace dundun {

// An answer that no rule fits, or that lacks the id its description promises, is kUnknown: it is
// not what the carrier answers when it has taken a message, nor when it has not.
SubmitOutcome judge_answer(const AnswerMeaning& meaning, HttpReply reply, int attempt);

}  // namespace dundun
