// The part of admission that is about one-time codes.
#pragma once

#include "common/journal/admission.h"

namespace dundun {

// Why the message's code may not go out, if so. Counts nothing.
std::optional<Decision> refuse_code(const AcceptMessage& accept, const Known& known);

// An admitted message's code: counted, and its verification moved.
void admit_code(const AcceptMessage& accept, Known& known);

VerifyCounterKey counter_key(const AcceptMessage& accept, const VerifyQuota& quota);

}  // namespace dundun
