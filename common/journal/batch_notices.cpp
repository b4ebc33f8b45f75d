// The part of a batch that is about notifications: those that were asked for, and those that its
// other changes are worth.
#include "common/journal/batch.h"

namespace dundun {

void Batch::absorb_notices(const PgRows& rows) {
  for (int n = 0; n < rows.size(); ++n) {
    known_.notices.emplace(NoticeKey{rows.i64(n, 0), std::string(rows.text(n, 1))},
                           rows.uuid(n, 2));
  }
}

void Batch::make_notifications() {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!decisions_[i].apply) continue;
    const Entry& entry = entries_[i];
    if (const auto* notify = std::get_if<Notify>(&entry.change)) {
      notifications_.push_back({*notify, entry.event_id});
    }
    const auto* expand = std::get_if<ExpandCampaign>(&entry.change);
    if (expand != nullptr && expand->finished) {
      notifications_.push_back({campaign_finished_notice(*expand), new_uuid7()});
    }
  }
  for (const auto& [key, wallet] : known_.wallets) {
    if (!wallet.became_low) continue;
    notifications_.push_back(
        {low_balance_notice(key.first, key.second, wallet.balance_micros, wallet.currency),
         new_uuid7()});
  }
}

void Batch::number_notifications(const PgRows& numbers) {
  for (size_t i = 0; i < notifications_.size(); ++i) {
    Notification& made = notifications_[i];
    made.id = numbers.i64(static_cast<int>(i), 0);
    publication_.add(event_channel(made.what.account_id, made.what.environment),
                     notification_event(made));
  }
}

}  // namespace dundun
