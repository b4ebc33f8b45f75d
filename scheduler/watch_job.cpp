#include "scheduler/watch_job.h"

#include <algorithm>

#include "common/base/metrics.h"
#include "common/upkeep/queue_ages.h"
#include "sql/watch.h"

namespace dundun {
namespace {

// A label's value: names of ours, but a route's code is an operator's words.
std::string label(const char* name, std::string_view value) {
  std::string text = std::string(name) + "=\"";
  for (const char c : value) text += c == '"' || c == '\\' || c == '\n' ? '_' : c;
  return text + "\"";
}

void watch_ages(Pg& pg) {
  const auto queues = read_queues(pg);
  if (!queues) return;
  for (const QueueAge& age : queues->ages) {
    gauge("dundun_queue_age_seconds", label("queue", age.name)).set(age.seconds);
  }
  gauge("dundun_mails_given_up").set(queues->mails_given_up);
  gauge("dundun_webhooks_dead").set(queues->dead_webhooks);
}

void watch_hours(Pg& pg) {
  constexpr auto& col = sql::watch_hours;
  const auto rows = pg.run(sql::watch_hours, {});
  if (!rows) return;
  for (int row = 0; row < rows->size(); ++row) {
    const std::string place = label("route", rows->text(row, col.route)) + "," +
                              label("carrier", rows->text(row, col.carrier));
    const std::string delivered = place + ",status=\"delivered\"";
    const std::string failed = place + ",status=\"failed\"";
    gauge("dundun_hour_messages", delivered).set(rows->i64(row, col.delivered));
    gauge("dundun_hour_messages", failed).set(rows->i64(row, col.failed));
    gauge("dundun_week_messages", delivered).set(rows->i64(row, col.week_delivered));
    gauge("dundun_week_messages", failed).set(rows->i64(row, col.week_failed));
  }
}

}  // namespace

void watch_queues(Pg& pg) {
  watch_ages(pg);
  watch_hours(pg);
}

void watch_carriers(const Carriers& carriers, Breakers& breakers) {
  for (const std::string& carrier : carriers.names()) {
    gauge("dundun_carrier_usable", label("carrier", carrier))
        .set(breakers.lets_through(carrier) ? 1 : 0);
  }
}

}  // namespace dundun
