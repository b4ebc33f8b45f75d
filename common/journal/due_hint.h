// A due time to tell Redis after the commit.
#pragma once

#include <cstdint>

#include "common/base/ids.h"

namespace dundun {

struct DueHint {
  int64_t account_id;
  Uuid message_id;
  int64_t due_unix_ms;
};

}  // namespace dundun
