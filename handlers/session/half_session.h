// Half a session: whose password, or identity provider, was right, and whose second factor is due.
#pragma once

#include "handlers/session/second_factor.h"

namespace dundun {

// Nothing is open yet: the token in the answer only says for whom the second factor is to be shown.
// Always an error, kSecondFactorDue with the token and the ways there are.
Result<Response> ask_for_second_factor(Context& context, const SecondFactor& factor);

}  // namespace dundun
