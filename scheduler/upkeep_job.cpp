#include "scheduler/upkeep_job.h"

#include "common/base/metrics.h"
#include "common/base/time.h"
#include "common/journal/publisher.h"
#include "common/upkeep/retention.h"
#include "sql/admin.h"
#include "sql/contacts.h"
#include "sql/inbound.h"
#include "sql/journal.h"
#include "sql/mail.h"
#include "sql/oidc.h"
#include "sql/passkeys.h"
#include "sql/prices.h"
#include "sql/retention.h"
#include "sql/ringcentral.h"
#include "sql/second_factor.h"
#include "sql/sessions.h"
#include "sql/upkeep.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr std::chrono::seconds kLeftAfter{2};
constexpr int64_t kOutboxRound = 1000;
constexpr int kOutboxRoundsMax = 10;  // then due messages have their turn
constexpr int64_t kForgetRound = 5000;
constexpr int64_t kForgetLists = 5;  // a big one takes seconds
constexpr int kMonthsAhead = 3;
constexpr int64_t kFoldRound = 2'000;  // a journal whose row is among them waits for 20 ms
constexpr int kRouteHoursKeptDays = 90;
constexpr int kForgetRepliesDays = 2;  // they count a day

}  // namespace

namespace {

// One round; true when there may be more.
bool publish_some(Pg& pg, Redis& redis, const StreamLimits& limits, LookBack& back) {
  const Instant until = now() - kLeftAfter;
  auto rows = pg.run(sql::left_in_outbox,
                     {uuid7_floor(until - back.begin()), uuid7_floor(until), kOutboxRound});
  if (!rows) return false;
  if (rows->size() == 0) {
    back.found_all();
    return false;
  }
  std::vector<RedisCommand> commands;
  PgArray published(PgArray::Type::kUuid);
  for (int row = 0; row < rows->size(); ++row) {
    const Publication publication = Publication::parse(rows->text(row, sql::left_in_outbox.events));
    for (RedisCommand& command : publish_commands(publication, limits, Publishing::kAgain)) {
      commands.push_back(std::move(command));
    }
    published.add(rows->uuid(row, sql::left_in_outbox.outbox_id));
  }
  if (!redis.run_pipeline(commands)) return false;
  return pg.run(sql::journal_delete_outbox, {published.finish()}).has_value() &&
         rows->size() == kOutboxRound;
}

// The statement's last parameter is kForgetRound.
void forget_all(Pg& pg, const Statement& statement, std::initializer_list<PgParam> params) {
  while (true) {
    auto rows = pg.run(statement, params);
    if (!rows || rows->affected() < kForgetRound) return;
  }
}

}  // namespace

void publish_left_events(Pg& pg, Redis& redis, const StreamLimits& limits, LookBack& back) {
  for (int round = 0; round < kOutboxRoundsMax; ++round) {
    if (!publish_some(pg, redis, limits, back)) return;
  }
}

void fold_days(Pg& pg) {
  while (true) {
    auto rows = pg.run(sql::fold_message_days, {kFoldRound});
    if (!rows || rows->i64(0, sql::fold_message_days.folded) < kFoldRound) return;
  }
}

void begin_prices(Pg& pg, Control& control) {
  auto moved = pg.run(sql::prices_begin, {});
  if (moved && moved->size() > 0)
    control.configuration_moved(moved->i64(0, sql::prices_begin.version));
}

void keep_tables(Pg& pg, const Config& config) {
  (void)pg.run(sql::upkeep_partitions, {kMonthsAhead});
  (void)pg.run(sql::forget_contacts, {kForgetLists});
  (void)pg.run(sql::forget_route_hours, {kRouteHoursKeptDays});
  for (const Statement* tidy :
       {&sql::tidy_payments, &sql::forget_verify_counters, &sql::forget_login_failures,
        &sql::forget_rc_links, &sql::forget_half_sessions, &sql::forget_mails,
        &sql::forget_user_links, &sql::forget_passkey_challenges, &sql::forget_oidc_logins}) {
    forget_all(pg, *tidy, {kForgetRound});
  }
  forget_all(pg, sql::forget_auto_replies, {kForgetRepliesDays, kForgetRound});
  forget_all(pg, sql::forget_login_devices, {config.sessions.device_days, kForgetRound});
  for (const Retained& removed : keep_to_retention(pg, config.retention)) {
    counter("dundun_retention_removed_total", "what=\"" + std::string(removed.what) + "\"")
        .add(removed.count);
  }
}

}  // namespace dundun
