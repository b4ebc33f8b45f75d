#include "scheduler/inbound_taker.h"

#include <algorithm>
#include <future>

#include "common/base/config.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr int kPoolSize = 2;  // an answer by machine reads while it is prepared
constexpr std::chrono::milliseconds kPoolWaitMax{2000};
constexpr std::chrono::hours kAnswerable{1};
// What the carrier's clock may be off: a text is late from this age on.
constexpr std::chrono::seconds kLateAfter{60};

bool is_older(const std::optional<Instant>& written_at, std::chrono::seconds age) {
  return written_at && *written_at < now() - age;
}

// Waits for a task that other threads go on with.
template <class T>
Result<T> outcome_of(Task<T> task) {
  std::promise<Result<T>> promise;
  std::future<Result<T>> outcome = promise.get_future();
  task.start([&promise](Result<T> result) { promise.set_value(std::move(result)); });
  return outcome.get();
}

}  // namespace

InboundTaker::InboundTaker(const Config& config, Journal& journal, Carriers& carriers,
                           CarrierRouter& router, Executor& executor)
    : pool_({.url = config.database_url,
             .statement_timeout = config.statement_timeout,
             .application = "dundun scheduler",
             .generic_plans = !config.custom_plans},
            kPoolSize, kPoolWaitMax),
      snapshots_(pool_),
      sending_{config, pool_, journal, carriers, router, executor} {}

// A text that comes late may be older than one that was brought meanwhile: who said STOP and then
// START wants texts, whatever comes when.
Result<bool> InboundTaker::is_overtaken(const FetchedText& text, const Routed& routed) {
  if (!is_older(text.written_at, kLateAfter)) return false;
  for (const NumberOwner& owner : routed.owners) {
    const PgRows rows =
        TRY(pool_.query(sql::inbound_wished_since, owner.account_id, owner.environment,
                        text.mo.from.text, *text.written_at, uuid7_floor(*text.written_at)));
    if (rows.boolean(0, 0)) return true;
  }
  return false;
}

Result<MoOutcome> InboundTaker::take(FetchedText text) {
  const std::shared_ptr<const Snapshot> snapshot = TRY(snapshots_.at(std::nullopt));
  text.mo.late = is_older(text.written_at, kAnswerable);
  Routed routed = TRY(route_mo(pool_, snapshot->inbound.words, text.carrier, text.mo));
  std::erase_if(routed.owners, [&](const NumberOwner& owner) {
    return text.account_id && owner.account_id != *text.account_id;
  });
  if (routed.wish != nullptr && TRY(is_overtaken(text, routed))) routed.wish = nullptr;
  if (routed.wish != nullptr && text.written_at) {
    TRY(pool_.query(sql::note_late_wish, text.carrier, text.mo.carrier_message_id,
                    *text.written_at));
  }
  const RecordedMo recorded =
      TRY(outcome_of(record_mo(sending_, *snapshot, text.carrier, text.mo, routed)));
  return recorded.outcome;
}

}  // namespace dundun
