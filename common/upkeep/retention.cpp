#include "common/upkeep/retention.h"

#include <algorithm>

#include "common/base/time.h"
#include "sql/retention.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr int64_t kRound = 5000;
constexpr int kMonthsAtOnceMax = 12;                  // if retention begins late
constexpr hours kTextsStepMin{1}, kTextsStepMax{24};  // longer ones where there is nothing
constexpr std::chrono::seconds kTextsFor{2};          // then due messages have their turn

// Tables of a partition a month.
struct MonthRule {
  const char* what;
  const char* setting;
  int RetentionConfig::*keep_months;
  std::vector<const char*> tables;
};

const std::vector<MonthRule>& month_rules() {
  static const std::vector<MonthRule> rules{{"messages",
                                             "MESSAGES_KEEP_MONTHS",
                                             &RetentionConfig::messages_months,
                                             {"messages", "message_events"}},
                                            {"webhook_deliveries",
                                             "WEBHOOK_DELIVERIES_KEEP_MONTHS",
                                             &RetentionConfig::webhook_deliveries_months,
                                             {"webhook_deliveries"}},
                                            {"inbound_messages",
                                             "INBOUND_KEEP_MONTHS",
                                             &RetentionConfig::inbound_months,
                                             {"inbound_messages"}}};
  return rules;
}

// Tables whose rows go one by one; in the order of rows_due.
struct RowRule {
  const char* what;
  const char* setting;
  int RetentionConfig::*keep;
  hours unit;
  const Statement* forget;  // $1 cutoff, $2 limit
};

constexpr RowRule kRowRules[] = {
    {"idempotency_keys", "IDEMPOTENCY_KEEP_HOURS", &RetentionConfig::idempotency_hours, hours(1),
     &sql::forget_idempotency_keys},
    {"sessions", "SESSIONS_KEEP_DAYS", &RetentionConfig::sessions_days, days(1),
     &sql::forget_sessions},
    {"audit_log", "AUDIT_KEEP_DAYS", &RetentionConfig::audit_days, days(1), &sql::forget_audit_log},
    {"verifications", "VERIFICATIONS_KEEP_DAYS", &RetentionConfig::verifications_days, days(1),
     &sql::forget_verifications},
    {"notifications", "NOTIFICATIONS_KEEP_DAYS", &RetentionConfig::notifications_days, days(1),
     &sql::forget_notifications},
    {"unrouted_texts", "UNROUTED_KEEP_DAYS", &RetentionConfig::unrouted_days, days(1),
     &sql::forget_unrouted},
    {"inbound_repeats", "INBOUND_REPEAT_DAYS", &RetentionConfig::inbound_repeat_days, days(1),
     &sql::forget_inbound_seen},
    {"receipts_in_parts", "RECEIPTS_KEEP_DAYS", &RetentionConfig::receipts_days, days(1),
     &sql::forget_receipts},
    {"carrier_ids", "CARRIER_IDS_KEEP_DAYS", &RetentionConfig::carrier_ids_days, days(1),
     &sql::forget_carrier_ids},
    {"unmatched_receipts", "UNMATCHED_RECEIPTS_KEEP_DAYS",
     &RetentionConfig::unmatched_receipts_days, days(1), &sql::forget_carrier_receipts}};

const char* const kTextsSetting = "TEXTS_KEEP_DAYS";

std::optional<Instant> cutoff(int keep, hours unit) {
  if (keep == 0) return std::nullopt;
  return now() - keep * unit;
}

// The first moment of the month that is the oldest to be kept: so many whole ones and this one.
std::optional<Instant> month_cutoff(int keep_months) {
  if (keep_months == 0) return std::nullopt;
  const std::chrono::year_month_day today(std::chrono::floor<days>(now()));
  const std::chrono::year_month_day first = today.year() / today.month() / 1;
  return Instant(std::chrono::sys_days(first - std::chrono::months(keep_months)));
}

PgParam names(const std::vector<const char*>& tables) {
  PgArray array(PgArray::Type::kText);
  for (const char* table : tables) array.add(table);
  return array.finish();
}

int64_t drop_months(Pg& pg, const MonthRule& rule, const RetentionConfig& config) {
  const std::optional<Instant> ended = month_cutoff(config.*rule.keep_months);
  int64_t dropped = 0;
  while (ended && dropped < kMonthsAtOnceMax) {
    const auto month = pg.run(sql::drop_old_month, {names(rule.tables), *ended, config.lock_ms});
    if (!month || month->is_null(0, 0)) break;
    ++dropped;
  }
  return dropped;
}

// Rounds of a statement whose last parameter is kRound, until one finds less.
std::optional<int64_t> run_rounds(Pg& pg, const Statement& statement,
                                  std::initializer_list<PgParam> params) {
  int64_t sum = 0;
  while (true) {
    const auto rows = pg.run(statement, params);
    if (!rows) return std::nullopt;
    sum += rows->affected();
    if (rows->affected() < kRound) return sum;
  }
}

// Goes on where the last one ended, for a while.
int64_t blank_texts(Pg& pg, const RetentionConfig& config) {
  const std::optional<Instant> old = cutoff(config.texts_days, days(1));
  if (!old) return 0;
  const auto span = pg.run(sql::texts_to_blank, {*old});
  if (!span) return 0;
  const Instant end = span->instant(0, sql::texts_to_blank.blank_until);
  const auto stop = std::chrono::steady_clock::now() + kTextsFor;
  int64_t sum = 0;
  hours step = kTextsStepMin;
  Instant from = span->instant(0, sql::texts_to_blank.blanked_until);
  while (from + kTextsStepMin <= end && std::chrono::steady_clock::now() < stop) {
    const Instant to = std::min<Instant>(from + step, end);
    const auto sent = run_rounds(pg, sql::blank_texts, {from, to, kRound});
    const auto came = run_rounds(pg, sql::blank_inbound_texts, {from, to, kRound});
    if (!sent || !came || !pg.run(sql::mark_texts_blanked, {to})) return sum;
    const bool empty = *sent + *came == 0;
    step = empty ? std::min(step * 2, kTextsStepMax) : kTextsStepMin;
    sum += *sent + *came;
    from = to;
  }
  return sum;
}

}  // namespace

Result<std::vector<Retained>> retention_due(Pg& pg, const RetentionConfig& config) {
  std::vector<Retained> all;
  for (const MonthRule& rule : month_rules()) {
    const int keep = config.*rule.keep_months;
    Retained retained{rule.what, rule.setting, keep, "months"};
    if (const auto ended = month_cutoff(keep)) {
      const PgRows due = TRY(pg.run(sql::months_due, {names(rule.tables), *ended}));
      retained.count = due.i64(0, 0);
    }
    all.push_back(retained);
  }
  std::vector<PgParam> cutoffs;
  for (const RowRule& rule : kRowRules) {
    cutoffs.emplace_back(cutoff(config.*rule.keep, rule.unit));
    const char* unit = rule.unit == hours(1) ? "hours" : "days";
    all.push_back({rule.what, rule.setting, config.*rule.keep, unit});
  }
  cutoffs.emplace_back(cutoff(config.texts_days, days(1)));
  all.push_back({"texts", kTextsSetting, config.texts_days, "days"});
  const PgRows due = TRY(pg.run(sql::rows_due, cutoffs));
  for (size_t i = 0; i < cutoffs.size(); ++i) {
    all[month_rules().size() + i].count = due.i64(0, static_cast<int>(i));
  }
  return all;
}

std::vector<Retained> keep_to_retention(Pg& pg, const RetentionConfig& config) {
  std::vector<Retained> removed;
  for (const MonthRule& rule : month_rules()) {
    removed.push_back({rule.what, rule.setting, config.*rule.keep_months, "months",
                       drop_months(pg, rule, config)});
  }
  for (const RowRule& rule : kRowRules) {
    Retained retained{rule.what, rule.setting, config.*rule.keep,
                      rule.unit == hours(1) ? "hours" : "days"};
    if (const auto old = cutoff(retained.keep, rule.unit)) {
      retained.count = run_rounds(pg, *rule.forget, {*old, kRound}).value_or(0);
    }
    removed.push_back(retained);
  }
  removed.push_back({"texts", kTextsSetting, config.texts_days, "days", blank_texts(pg, config)});
  return removed;
}

}  // namespace dundun
