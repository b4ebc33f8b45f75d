// What a machine of ours answers to a text: the confirmation of a STOP or START, or the text that
// the number's owner has set. A send like any other, charged to the account.
#pragma once

#include "common/web/inbound_owner.h"
#include "common/web/route.h"

namespace dundun {

// Sends the answer, if there is one: at most one a minute and twenty a day to a phone
// (AUTO_REPLY_PAUSE_S, AUTO_REPLIES_A_DAY_MAX), and none to machines: texts marked as such, names,
// short codes, numbers of ours, and echoes of the answer itself. Never fails: the text that came in
// is recorded already.
Task<Done> answer_mo(Context& context, const MoRequest& mo, const Owner& owner,
                     const OptOutWord* wish);

}  // namespace dundun
