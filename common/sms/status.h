// The states of a message, and which state may follow which.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dundun {

enum class MessageStatus : int16_t {
  kScheduled = 1,
  kQueued = 2,
  kSubmitted = 3,
  kSent = 4,
  kDelivered = 5,
  kFailed = 6,
  kRetrying = 7,
  kCancelled = 8,
  kExpired = 9,
};

std::string_view status_name(MessageStatus status);

// A message status by its name. The batch words `dripping` and `sending` are no message status.
std::optional<MessageStatus> parse_status(std::string_view name);

// Whether `to` may replace `from`. A status only moves forward; a late DELIVRD still turns
// `failed` into `delivered`. Equal states do not move.
bool may_move(MessageStatus from, MessageStatus to);

}  // namespace dundun
