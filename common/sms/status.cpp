#include "common/sms/status.h"

#include <array>
#include <initializer_list>
#include <utility>

namespace dundun {
namespace {

using enum MessageStatus;

constexpr std::pair<MessageStatus, std::string_view> kNames[] = {
    {kScheduled, "scheduled"}, {kQueued, "queued"},       {kSubmitted, "submitted"},
    {kSent, "sent"},           {kDelivered, "delivered"}, {kFailed, "failed"},
    {kRetrying, "retrying"},   {kCancelled, "cancelled"}, {kExpired, "expired"},
};

constexpr uint16_t set_of(std::initializer_list<MessageStatus> states) {
  uint16_t bits = 0;
  for (MessageStatus state : states) bits |= static_cast<uint16_t>(1 << static_cast<int>(state));
  return bits;
}

// Row: from; bits: where it may go. Index 0 is no state.
constexpr std::array<uint16_t, 10> kMoves = {
    0,
    set_of({kQueued, kSubmitted, kSent, kDelivered, kFailed, kRetrying, kCancelled,
            kExpired}),                                                                 // scheduled
    set_of({kSubmitted, kSent, kDelivered, kFailed, kRetrying, kCancelled, kExpired}),  // queued
    set_of({kSent, kDelivered, kFailed}),                                               // submitted
    set_of({kDelivered, kFailed}),                                                      // sent
    set_of({}),                                                                         // delivered
    set_of({kDelivered, kRetrying}),                                                    // failed
    set_of({kQueued, kSubmitted, kSent, kDelivered, kFailed, kCancelled, kExpired}),    // retrying
    set_of({}),                                                                         // cancelled
    set_of({}),                                                                         // expired
};

}  // namespace

std::string_view status_name(MessageStatus status) {
  for (const auto& [state, name] : kNames) {
    if (state == status) return name;
  }
  return "unknown";
}

std::optional<MessageStatus> parse_status(std::string_view name) {
  for (const auto& [state, text] : kNames) {
    if (text == name) return state;
  }
  return std::nullopt;
}

bool may_move(MessageStatus from, MessageStatus to) {
  return (kMoves[static_cast<size_t>(from)] >> static_cast<int>(to) & 1) != 0;
}

}  // namespace dundun
