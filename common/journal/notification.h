// A notice for the users of an account: a row that stays until it is read, and a live event.
#pragma once

#include "common/journal/change.h"

namespace dundun {

struct Notification {
  Notify what;
  Uuid event_id;
  int64_t id = 0;  // an ascending integer, as clients know it; given before the write
};

// The balance fell below the account's threshold.
Notify low_balance_notice(int64_t account_id, Environment environment, Micros balance_micros,
                          const std::string& currency);

// The last message of a campaign was made.
Notify campaign_finished_notice(const ExpandCampaign& last);

// {"type":"notification",…} with its event_id, one line.
std::string notification_event(const Notification& notification);

}  // namespace dundun
