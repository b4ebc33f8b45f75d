#include "common/upkeep/queue_ages.h"

#include <algorithm>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "sql/watch.h"

namespace dundun {

namespace {

int64_t seconds_since(Instant then) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now() - then);
  return std::max<int64_t>(age.count(), 0);
}

// In the order of the statement's columns.
constexpr std::array<QueueAge, 6> kQueues{
    QueueAge{"events", 0, 60, "the processes that write, then a scheduler"},
    QueueAge{"messages", 0, 300, "a scheduler"},
    QueueAge{"claims", 0, 120, "a scheduler"},
    QueueAge{"receipts", 0, 300, "a scheduler"},
    QueueAge{"mail", 0, 900, "a scheduler, by MAIL_URL"},
    QueueAge{"webhooks", 0, 300, "a scheduler"},
};

}  // namespace

Result<Queues> read_queues(Pg& pg) {
  constexpr auto& col = sql::watch_queues;
  const PgRows rows = TRY(pg.run(sql::watch_queues, {}));
  Queues queues{kQueues};
  if (!rows.is_null(0, col.outbox))
    queues.ages[0].seconds = seconds_since(created_at(rows.uuid(0, col.outbox)));
  for (size_t i = 1; i < queues.ages.size(); ++i) {
    const auto since = rows.maybe_instant(0, static_cast<int>(i));
    if (since) queues.ages.at(i).seconds = seconds_since(*since);
  }
  queues.unmatched_receipts = rows.i64(0, col.unmatched_receipts);
  queues.mails_given_up = rows.i64(0, col.mail_given_up);
  queues.dead_webhooks = rows.i64(0, col.webhooks_dead);
  return queues;
}

}  // namespace dundun
