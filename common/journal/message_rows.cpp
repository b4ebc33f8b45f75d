#include "common/journal/message_rows.h"

#include "common/journal/write_set.h"
#include "sql/journal.h"
#include "sql/webhook_journal.h"

namespace dundun {
namespace {

using enum PgArray::Type;

constexpr std::chrono::days kDay{1};

int16_t number(MessageStatus status) { return static_cast<int16_t>(status); }

}  // namespace

void MessageRows::count(const MessageKey& message, Environment environment,
                        const std::optional<Uuid>& campaign_id, MessageStatus status,
                        int64_t change) {
  const auto& [account_id, message_id] = message;
  if (campaign_id) campaigns_[{account_id, *campaign_id}][static_cast<size_t>(status)] += change;
  const int64_t day =
      std::chrono::floor<std::chrono::days>(created_at(message_id)).time_since_epoch() / kDay;
  days_[{account_id, environment, day}][static_cast<size_t>(status)] += change;
}

void MessageRows::count_ended(const AdvanceMessage& advance, const MessageState& message,
                              MessageStatus status, int64_t change) {
  const bool delivered = status == MessageStatus::kDelivered;
  if (advance.environment != Environment::kLive ||
      (!delivered && status != MessageStatus::kFailed)) {
    return;
  }
  const Instant hour = std::chrono::floor<std::chrono::hours>(created_at(advance.message_id));
  Ended& ended = ended_[{message.route, advance.carrier.value_or(message.carrier), hour}];
  (delivered ? ended.delivered : ended.failed) += change;
}

int16_t MessageRows::moves_of(const MessageKey& message) const {
  const auto update = updates_.find({message.second, message.first});
  return update == updates_.end() ? int16_t{0} : update->second.moves;
}

void MessageRows::tell_webhook(const MessageKey& message, MessageStatus status,
                               const std::optional<std::string>& error_code, const Known& known) {
  const auto wanted = known.webhooks.find(message.first);
  if (wanted == known.webhooks.end()) return;
  if ((wanted->second >> static_cast<int>(status) & 1) == 0) return;
  webhook_events_.push_back({message, status, error_code, moves_of(message)});
}

void MessageRows::write(WriteSet& set) const {
  write_updates(set);
  write_counts(set);
  write_deliveries(set);
}

constexpr Table kMessageUpdates{
    WritePlace::kMessageUpdates,
    sql::journal_update_messages,
    {kInt8, kUuid, kInt2, kBool, kBool, kText, kText, kText, kText, kInt2, kInt2, kInt2,
     kTimestamptz, kInt2, kInt2, kText, kUuid, kText, kUuid}};
constexpr Table kSubmits{
    WritePlace::kSubmits, sql::journal_record_submits, {kInt8, kUuid, kInt2, kText, kText, kUuid}};

void MessageRows::write_updates(WriteSet& set) const {
  for (const auto& [key, row] : updates_) {
    if (row.only_submitted) {
      set.row(kSubmits, key.second, key.first, *row.expected, row.carrier_message_id, row.carrier,
              row.submitted_event);
      continue;
    }
    set.row(kMessageUpdates, key.second, key.first, row.status, row.accepted, row.refunded,
            row.error_code, row.error_message, row.dlr_status, row.carrier_message_id,
            row.expected ? std::optional<int16_t>(number(*row.expected)) : std::nullopt,
            row.retries, row.auto_retries, row.scheduled_at, row.submits, row.moves, row.carrier,
            row.last_retry, row.carrier_error_code, row.submitted_event);
  }
}

constexpr Table kDaily{
    WritePlace::kDaily,
    sql::journal_add_daily,
    {kInt8, kInt2, kDate, kInt2, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8}};
constexpr Table kRouteHours{WritePlace::kRouteHours,
                            sql::journal_add_route_hours,
                            {kText, kText, kTimestamptz, kInt2, kInt8, kInt8}};
constexpr Table kBatchCounts{
    WritePlace::kBatchCounts,
    sql::journal_add_batch_counts,
    {kInt8, kUuid, kInt2, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8, kInt8}};

void MessageRows::write_counts(WriteSet& set) const {
  for (const auto& [key, changes] : days_) {
    const auto& [account_id, environment, day] = key;
    Columns& columns = set.columns(kDaily);
    columns.column(0).add(account_id);
    columns.column(1).add(environment);
    columns.column(2).add_date(Instant(std::chrono::days(day)));
    columns.column(3).add(set.shards().days);
    for (size_t status = 1; status <= 9; ++status) columns.column(3 + status).add(changes[status]);
  }
  for (const auto& [key, ended] : ended_) {
    const auto& [route, carrier, hour] = key;
    set.row(kRouteHours, std::string_view(route), std::string_view(carrier), hour, set.shards().own,
            ended.delivered, ended.failed);
  }
  for (const auto& [key, changes] : campaigns_) {
    Columns& columns = set.columns(kBatchCounts);
    columns.column(0).add(key.first);
    columns.column(1).add(key.second);
    columns.column(2).add(set.shards().own);
    for (size_t status = 1; status <= 9; ++status) columns.column(2 + status).add(changes[status]);
  }
}

constexpr Table kDeliveries{
    WritePlace::kDeliveries, sql::journal_insert_deliveries, {kInt8, kUuid, kInt2, kText, kInt2}};

void MessageRows::write_deliveries(WriteSet& set) const {
  for (const WebhookEvent& event : webhook_events_) {
    const auto later = static_cast<int16_t>(moves_of(event.message) - event.move);
    set.row(kDeliveries, event.message.first, event.message.second, event.status, event.error_code,
            later);
  }
}

constexpr Table kTimeline{WritePlace::kTimeline,
                          sql::journal_insert_events,
                          {kInt8, kUuid, kText, kText, kInt2, kText, kText, kUuid}};

void add_event(const MessageKey& message, const Uuid& event_id, const TimelineEvent& event,
               WriteSet& set) {
  set.row(kTimeline, message.first, message.second, event.key, event.event, event.status,
          event.detail, event.metadata, event_id);
}

constexpr Table kDispatch{WritePlace::kDispatch,
                          sql::journal_insert_dispatch,
                          {kInt8, kUuid, kTimestamptz, kInt2, kText}};

void add_to_queue(const MessageKey& message, Instant due_at, int16_t submits,
                  const std::optional<std::string>& held_by, WriteSet& set) {
  set.row(kDispatch, message.first, message.second, due_at, submits, held_by);
  set.hint(message, due_at);
}

}  // namespace dundun
