// Whether WS_LISTEN can be listened on. libwebsockets says so of some addresses only: where another
// process listens already, or the address is another machine's, it may go on without anybody.
#pragma once

#include "common/base/bridge_settings.h"
#include "common/base/result.h"

namespace dundun {

// Removes a socket file on which nobody listens any more. kUnavailable, with the system's reason,
// if the address cannot be had. A host that is no number (an interface, a name) is not judged.
Status prepare_to_listen(const BridgeSettings& settings);

}  // namespace dundun
