// A notice for the users of an account: a row that stays until it is read, and a live event.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/journal/change_kind.h"
#include "common/sms/environment.h"

namespace dundun {

// A notice for the users of an account: a row of `notifications` and its event. A second one with
// the same account and dedupe_key is a kDuplicate. Without a dedupe_key it is always made.
struct Notify {
  int64_t account_id;
  Environment environment = Environment::kLive;
  std::string type;   // low_balance, campaign_finished, sender_approved …
  std::string title;  // plain text, as the body
  std::string body;
  std::string link;  // a path of the portal, /sender-ids
  std::string dedupe_key;
};

struct Notification {
  Notify what;
  Uuid event_id;
  int64_t id = 0;  // an ascending integer, as clients know it; given before the write
};

template <>
struct ChangeKind<Notify> {
  static constexpr Lane kLane = Lane::kMoving;
  static void prepare(Notify& notify);
  static void wants(const Notify& notify, Reads& reads);
  static Decision decide(const Notify& notify, const Uuid& event_id, Known& known);
  static void tell(const Notify& notify, const Admitted& admitted, News& news);
  static constexpr Nothing write{};  // with the batch's other notifications: write_notifications()
};

}  // namespace dundun
