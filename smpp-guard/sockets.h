// The guard's two kinds of sockets; neither blocks.
#pragma once

#include <string>

#include "common/base/result.h"

namespace dundun {

// kInvalidRequest: no such address. kUnavailable: it is taken, or not ours.
Result<int> listen_on(const std::string& host, int port);

// -1: not to be reached. Otherwise the connection is under way.
int begin_connection(const std::string& host, int port);

}  // namespace dundun
