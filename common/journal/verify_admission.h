// The part of admission for one-time codes.
#pragma once

#include "common/journal/admission.h"

namespace dundun {

// The refusal, if the message's code may not be sent. Counts nothing.
std::optional<Decision> refuse_code(const AcceptMessage& accept, const Known& known);

// Counts the code of an admitted message, and moves its verification on.
void admit_code(const AcceptMessage& accept, Known& known);

VerifyCounterKey counter_key(const AcceptMessage& accept, const VerifyQuota& quota);

}  // namespace dundun
