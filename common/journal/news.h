// What others hear of a batch: live events by channel, and notifications.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/events.h"

namespace dundun {

// A receipt that ended a message: how long after the submit it came.
struct ReceiptWait {
  std::string carrier;
  std::chrono::microseconds waited;
};

struct News {
  Instant at;  // of the batch's events
  Publication publication;
  std::vector<Notification> notifications;
  std::vector<ReceiptWait> receipts;  // for the metrics
};

// What wallets tell after all changes of a batch: their balance, and that it became low. In
// changes/wallet.cpp.
void tell_wallets(const Known& known, News& news);
// The notifications get their numbers, and with them their events. In changes/notice.cpp.
void number_notifications(const PgRows& numbers, News& news);

}  // namespace dundun
