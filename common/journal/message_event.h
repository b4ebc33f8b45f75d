// The live event of a message's change, in both dialects.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/sms/status.h"

namespace dundun {

struct MessageChange {
  Uuid event_id;
  Uuid message_id;
  MessageStatus status;
  std::string_view dlr_word;            // or empty
  std::string_view app_id;              // or empty
  std::string_view carrier_message_id;  // or empty
  std::string_view error;               // or empty
  std::optional<Uuid> trace_id{};       // of the caller's trace, if it is recorded
};
// {"type":"message_status",…} of the first dialect, with trace_id where there is one. For the
// second a tab may follow, and an object with what only it shows: appId, rcMessageId, error. The
// bridge writes its form from both.
std::string message_status_event(const MessageChange& change, Instant at);

}  // namespace dundun
