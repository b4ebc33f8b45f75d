// What a batch changes in messages, and in all that is counted of them. An UPDATE … FROM changes
// each row only once, so what several changes mean for one row is joined here.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "common/journal/admission.h"

namespace dundun {

class WriteSet;

class MessageRows {
 public:
  struct Update {
    MessageStatus status;
    bool accepted = false;
    bool refunded = false;
    std::optional<std::string> error_code, error_message, dlr_status, carrier_message_id, carrier;
    std::optional<MessageStatus> expected;
    int16_t retries = 0;
    int16_t auto_retries = 0;
    std::optional<Instant> scheduled_at;
    int16_t submits = 0;
    int16_t moves = 0;
    std::optional<Uuid> last_retry;
    std::optional<std::string> carrier_error_code;
    std::optional<Uuid> submitted_event;  // the regular event that the row stands for
    bool only_submitted = false;          // a carrier took it, and nothing else is to be written
  };
  // The one update of the message in this batch.
  Update& update(const MessageKey& message) {
    Update& row = updates_[{message.second, message.first}];
    row.only_submitted = false;
    return row;
  }
  bool is_updated(const MessageKey& message) const {
    return updates_.contains({message.second, message.first});
  }

  // `change` more messages have this status: by day, and of the campaign.
  void count(const MessageKey& message, Environment environment,
             const std::optional<Uuid>& campaign_id, MessageStatus status, int64_t change);
  // How live messages ended on a route and by whom; an end can only be taken back by a better one.
  void count_ended(const AdvanceMessage& advance, const MessageState& message, MessageStatus status,
                   int64_t change);
  // Notes a change of a message's status for the account's webhook, if the webhook wants it.
  void tell_webhook(const MessageKey& message, MessageStatus status,
                    const std::optional<std::string>& error_code, const Known& known);

  void write(WriteSet& set) const;

 private:
  using CountByStatus = std::array<int64_t, 10>;
  struct Ended {
    int64_t delivered = 0;
    int64_t failed = 0;
  };
  struct WebhookEvent {
    MessageKey message;
    MessageStatus status;
    std::optional<std::string> error_code;
    int16_t move;  // of the message in this batch, from 1; 0 for its acceptance
  };

  void write_updates(WriteSet& set) const;
  void write_counts(WriteSet& set) const;
  void write_deliveries(WriteSet& set) const;
  int16_t moves_of(const MessageKey& message) const;

  std::map<std::pair<Uuid, int64_t>, Update> updates_;  // in the order in which rows are locked
  // account, environment, day in days since 1970
  std::map<std::tuple<int64_t, Environment, int64_t>, CountByStatus> days_;
  std::map<MessageKey, CountByStatus> campaigns_;                         // by account and batch
  std::map<std::tuple<std::string, std::string, Instant>, Ended> ended_;  // route, carrier, hour
  std::vector<WebhookEvent> webhook_events_;
};

// A line of a message's timeline.
struct TimelineEvent {
  std::string_view key;
  std::string_view event;
  MessageStatus status;
  std::string_view detail;
  std::optional<std::string_view> metadata;
};
void add_event(const MessageKey& message, const Uuid& event_id, const TimelineEvent& event,
               WriteSet& set);
// The message waits in the queue. `submits` so far; `held_by`: the carrier that may still have it.
void add_to_queue(const MessageKey& message, Instant due_at, int16_t submits,
                  const std::optional<std::string>& held_by, WriteSet& set);

}  // namespace dundun
