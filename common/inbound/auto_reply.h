// The automatic answer to a text: the confirmation of a STOP or START, what to do to a HELP, or the
// text that the number's owner has set. It is a send like any other, charged to the account.
#pragma once

#include "common/inbound/owner.h"
#include "common/sending/send.h"

namespace dundun {

// Sends the answer, if there is one. A phone gets at most one a minute and twenty a day
// (AUTO_REPLY_PAUSE_S, AUTO_REPLIES_A_DAY_MAX); a STOP, START or HELP that is not the wish that was
// answered last waits for no minute. There is none to machines: texts that are marked
// so, names, short codes, our own numbers, and echoes of the answer itself. It never fails, because
// the text that came in is recorded already.
Task<Done> answer_mo(const Sending& sending, const Snapshot& snapshot, const MoRequest& mo,
                     const NumberOwner& owner, const OptOutWord* wish);

}  // namespace dundun
