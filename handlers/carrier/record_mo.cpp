#include "handlers/carrier/record_mo.h"

#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/journal.h"
#include "common/sms/msisdn.h"
#include "handlers/carrier/auto_reply.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

Result<RecordedMo> keep_unrouted(Context& context, const std::string& carrier,
                                 const MoRequest& mo) {
  const PgRows kept = TRY(context.app.pg.query(sql::keep_unrouted, carrier, mo.carrier_message_id,
                                               mo.from.text, mo.to.text, mo.text));
  if (kept.affected() > 0) {
    counter("dundun_inbound_unrouted_total").add();
    // The table has it whole; what a carrier says may be anybody's number.
    const std::string to = mask_msisdn(mo.to.text);
    log(LogLevel::kWarning, "inbound_unrouted",
        {{"carrier", std::string_view(carrier)}, {"to", std::string_view(to)}});
  }
  return RecordedMo{MoOutcome::kUnrouted, {}};
}

}  // namespace

std::string_view mo_outcome_name(MoOutcome outcome) {
  if (outcome == MoOutcome::kUnrouted) return "unrouted";
  return outcome == MoOutcome::kAccepted ? "accepted" : "duplicate";
}

Task<RecordedMo> record_mo(Context& context, const std::string& carrier, const MoRequest& mo,
                           const Routed& routed) {
  if (routed.owners.empty()) co_return co_await keep_unrouted(context, carrier, mo);
  CommitResult result;
  for (const Owner& owner : routed.owners) {
    const RecordInbound record = record_of(carrier, mo, owner, routed.wish);
    Journal::Commit commit = context.app.journal->commit(record, context.app.executor);
    auto committed = co_await commit;
    result = co_await std::move(committed);
  }
  const bool is_new = result.outcome == CommitResult::Outcome::kCommitted;
  if (is_new && routed.owners.size() == 1) {
    Task<Done> answered = answer_mo(context, mo, routed.owners.front(), routed.wish);
    (void)co_await std::move(answered);
  }
  co_return RecordedMo{is_new ? MoOutcome::kAccepted : MoOutcome::kDuplicate,
                       inbound_id_text(result.message_id)};
}

}  // namespace dundun
