// The end of a session by its owner's hand: with a line in the audit log, here and in every socket.
#pragma once

#include "common/web/endpoint.h"

namespace dundun {

// kNotFound: the caller's user has no such session in force.
Status end_session(Context& context, int64_t session_id);

}  // namespace dundun
