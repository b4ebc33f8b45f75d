#include "handlers/bulk/batch_json.h"

#include <algorithm>

#include "common/base/time_zone.h"
#include "common/sms/campaign.h"
#include "common/sms/environment.h"
#include "common/sms/status.h"
#include "common/web/message_json.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

using std::chrono::microseconds;

constexpr int64_t kMicrosAMinute = 60'000'000;
// A drip's next message and a look at the route are no waiting.
constexpr std::chrono::seconds kSoon{61};

// What a campaign waits for, or what keeps the moment of its last message from being known.
struct Outlook {
  std::optional<std::string_view> waiting_for;  // start, window, throughput, resume
  std::optional<Instant> waiting_until;         // if it waits now, and that is known
  std::optional<Instant> eta;                   // of the last message
};

// Only a drip without a window keeps to a clock: its messages leave one after another from the next
// one on. How fast others go is up to their routes.
Outlook outlook_of(const PgRows& rows, int row, CampaignStatus status) {
  constexpr auto& col = sql::batch_by_id;
  const int64_t left = rows.i64(row, col.total) - rows.i64(row, col.made);
  if (status == CampaignStatus::kPaused) return {"resume", std::nullopt, std::nullopt};
  if (!is_running(status) || left <= 0) return {};
  const Instant next = rows.instant(row, col.next_due_at);
  const bool has_window = !rows.is_null(row, col.window_opens);
  const bool waits = next > now() + kSoon;
  Outlook outlook;
  if (status == CampaignStatus::kScheduled && waits) {
    outlook.waiting_for = "start";
    outlook.waiting_until = next;
  } else if (has_window) {
    outlook.waiting_for = "window";
    if (waits) outlook.waiting_until = next;
  }
  if (!rows.is_null(row, col.drip_rate) && !has_window) {
    const microseconds step(kMicrosAMinute / rows.i64(row, col.drip_rate));
    outlook.eta = std::max(next, now()) + step * (left - 1);
  } else if (!outlook.waiting_for) {
    outlook.waiting_for = "throughput";
  }
  return outlook;
}

void write_outlook(JsonWriter& json, const PgRows& rows, int row, CampaignStatus status) {
  const Outlook outlook = outlook_of(rows, row, status);
  write_time(json, "eta", outlook.eta, format_z);
  json.member("waiting_for", outlook.waiting_for);
  write_time(json, "waiting_until", outlook.waiting_until, format_z);
}

void write_counts(JsonWriter& json, const std::array<int64_t, 10>& counts, int64_t pending) {
  json.key("counts").begin_object().member("pending", pending);
  for (size_t status = 1; status <= 9; ++status) {
    json.member(status_name(MessageStatus(static_cast<int16_t>(status))), counts[status]);
  }
  json.end_object();
}

std::string time_of_day(int64_t minutes) {
  char text[24];  // as long as two numbers may be
  snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(minutes / 60),
           static_cast<int>(minutes % 60));
  return text;
}

void write_window(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::batch_by_id;
  json.key("window");
  if (rows.is_null(row, col.window_opens)) {
    json.null();
    return;
  }
  json.begin_object()
      .member("from", time_of_day(rows.i16(row, col.window_opens)))
      .member("to", time_of_day(rows.i16(row, col.window_closes)))
      .member("tz", rows.is_null(row, col.window_zone)
                        ? "recipient"
                        : shown_time_zone(rows.text(row, col.window_zone)))
      .end_object();
}

}  // namespace

BatchCounts batch_counts_of(const PgRows& rows) {
  BatchCounts all;
  for (int row = 0; row < rows.size(); ++row) {
    std::array<int64_t, 10>& counts = all[rows.uuid(row, sql::batch_state_counts.batch_id)];
    for (int status = 1; status <= 9; ++status) {
      counts[static_cast<size_t>(status)] = rows.i64(row, status);
    }
  }
  return all;
}

void write_batch(JsonWriter& json, const PgRows& rows, int row, const BatchCounts& counts) {
  constexpr auto& col = sql::batch_by_id;
  static_assert(begins_with_columns(sql::batches_page, col));
  const Uuid id = rows.uuid(row, col.batch_id);
  const auto status = CampaignStatus(rows.i16(row, col.status));
  const int64_t total = rows.i64(row, col.total);
  const int64_t made = rows.i64(row, col.made);
  auto found = counts.find(id);
  const std::array<int64_t, 10> none{};
  json.member("batch_id", batch_id_text(id))
      .member("name", rows.maybe_text(row, col.name))
      .member("status", campaign_status_name(status))
      .member("text", cut_text(rows.text(row, col.body), kListedTextMax))
      .member("total_recipients", total)
      .member("total_segments", rows.i64(row, col.segments))
      .member("made", made)
      .key("progress")
      .decimal(total == 0 ? 100.0 : 100.0 * static_cast<double>(made) / static_cast<double>(total),
               1);
  write_counts(json, found == counts.end() ? none : found->second,
               is_running(status) || status == CampaignStatus::kPaused ? total - made : 0);
  json.member_money("cost", rows.i64(row, col.cost_micros))
      .member("currency", rows.text(row, col.cost_currency))
      .member_money("cost_so_far", rows.i64(row, col.made_micros))
      .member_money("refunded", rows.i64(row, col.refunded_micros))
      .key("drip_rate");
  if (rows.is_null(row, col.drip_rate)) {
    json.null();
  } else {
    json.value(rows.i64(row, col.drip_rate));
  }
  write_time(json, "scheduled_at", rows.maybe_instant(row, col.scheduled_at), format_offset);
  write_time(json, "created_at", rows.instant(row, col.created_at), format_z);
  write_time(json, "started_at", rows.maybe_instant(row, col.started_at), format_z);
  write_time(json, "finished_at", rows.maybe_instant(row, col.finished_at), format_z);
  write_window(json, rows, row);
  write_time(json, "not_after", rows.maybe_instant(row, col.not_after), format_z);
  write_outlook(json, rows, row, status);
  json.member("environment", environment_name(Environment(rows.i16(row, col.environment))));
}

}  // namespace dundun
