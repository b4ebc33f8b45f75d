// Events as they come from the journal (common/journal/events.h) and as each socket wants them.
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

// Kinds of events, a bit each. sms_status is a message_status in the second dialect's words.
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

// The kind of a name as clients write it; nullopt if there is none.
std::optional<EventKinds> event_kind(std::string_view name);

// What a socket wants to hear, and may.
struct Taste {
  EventKinds kinds = kFirstDialect;
  std::string app_id;  // only this app's messages, and what comes in; empty: everything
  bool operator==(const Taste&) const = default;
};

struct Event {
  EventKinds kind = kOtherEvents;
  std::string_view json;
  std::string_view second_dialect;  // an object, or empty
};
// The next line of a payload, which it is taken off.
Event take_event(std::string_view& payload);

// Whether this line is the event.
bool is_event(const Event& event, const Uuid& id);

// A frame, or several behind each other, for everybody of one taste.
struct Serving {
  Frame frame;
  bool is_balance = false;  // a newer one may take its place
};
struct Servings {
  std::vector<Serving> frames;
  int events = 0;
};
// What `taste` gets of a payload, one event a line. `tenant_id` goes into sms_status.
Servings serve(std::string_view payload, const Taste& taste, std::string_view tenant_id);

}  // namespace dundun
