// Events in the form of the journal (common/journal/events.h), and in the form that each socket
// wants.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "ws-bridge/frame.h"

namespace dundun {

// Kinds of events, one bit each. sms_status is a message_status in the words of the second dialect.
using EventKinds = uint8_t;
inline constexpr EventKinds kMessageStatus = 1;
inline constexpr EventKinds kBalanceUpdate = 2;
inline constexpr EventKinds kNotification = 4;
inline constexpr EventKinds kBatchProgress = 8;
inline constexpr EventKinds kSmsInbound = 16;
inline constexpr EventKinds kSmsStatus = 32;
inline constexpr EventKinds kOtherEvents = 64;  // of a newer release
// Without `events=` a client gets the event names of the API that it came in by: kFirstDialect with
// a cookie, kSecondDialect after an auth frame.
inline constexpr EventKinds kFirstDialect =
    kMessageStatus | kBalanceUpdate | kNotification | kBatchProgress | kOtherEvents;
inline constexpr EventKinds kSecondDialect = kSmsStatus | kSmsInbound;

// The kind with this name, as clients write it; nullopt: unknown.
std::optional<EventKinds> event_kind(std::string_view name);

// A filter: the events that a socket wants and may have.
struct Filter {
  EventKinds kinds = kFirstDialect;
  std::string app_id;  // only this app's messages, and all inbound texts; empty: everything
  bool operator==(const Filter&) const = default;
};

struct Event {
  EventKinds kind = kOtherEvents;
  std::string_view json;
  std::string_view second_dialect;  // an object, or empty
};
// Takes the next line off a payload.
Event take_event(std::string_view& payload);

// Whether this line is the event with this id.
bool is_event(const Event& event, const Uuid& id);

// A frame, or several in one buffer, for all sockets with one filter.
struct Serving {
  Frame frame;
  bool is_balance = false;  // a newer balance may replace it
};
struct Served {
  std::vector<Serving> frames;
  int events = 0;
};
// The frames that `filter` gets for a payload of one event a line. `tenant_id` goes into
// sms_status.
Served serve(std::string_view payload, const Filter& filter, std::string_view tenant_id);

}  // namespace dundun
