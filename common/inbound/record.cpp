#include "common/inbound/record.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/inbound/auto_reply.h"
#include "common/io/pg.h"
#include "common/journal/commit.h"
#include "common/sms/msisdn.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

Result<RecordedMo> keep_unrouted(PgPool& pg, const std::string& carrier, const MoRequest& mo) {
  const PgRows kept = TRY(pg.query(sql::keep_unrouted, carrier, mo.carrier_message_id, mo.from.text,
                                   mo.to.text, mo.text));
  if (kept.affected() > 0) {
    counter("dundun_inbound_unrouted_total").add();
    // The table has it whole; what a carrier says may be anybody's number.
    const std::string to = mask_msisdn(mo.to.text);
    log(LogLevel::kWarning, "inbound_unrouted",
        {{"carrier", std::string_view(carrier)}, {"to", std::string_view(to)}});
  }
  return RecordedMo{MoOutcome::kUnrouted, {}};
}

// Of several owners, whom a STOP or START reached, the first that confirms: people get one answer.
const NumberOwner* answerer(const Routed& routed) {
  if (routed.owners.size() == 1) return &routed.owners.front();
  const auto found = std::ranges::find_if(
      routed.owners, [](const NumberOwner& owner) { return owner.confirms && !owner.suspended; });
  return found == routed.owners.end() ? nullptr : &*found;
}

}  // namespace

std::string_view mo_outcome_name(MoOutcome outcome) {
  if (outcome == MoOutcome::kUnrouted) return "unrouted";
  return outcome == MoOutcome::kAccepted ? "accepted" : "duplicate";
}

Task<RecordedMo> record_mo(const Sending& sending, const Snapshot& snapshot,
                           const std::string& carrier, const MoRequest& mo, const Routed& routed) {
  if (routed.owners.empty()) co_return co_await keep_unrouted(sending.pg, carrier, mo);
  CommitResult result;
  for (const NumberOwner& owner : routed.owners) {
    RecordInbound record = record_of(carrier, mo, owner, routed.wish);
    Task<CommitResult> committing = commit(sending.journal, std::move(record), sending.executor);
    result = co_await std::move(committing);
  }
  const bool is_new = result.outcome == CommitResult::Outcome::kCommitted;
  if (const NumberOwner* const owner = answerer(routed); is_new && owner != nullptr) {
    Task<Done> answering = answer_mo(sending, snapshot, mo, *owner, routed.wish);
    (void)co_await std::move(answering);
  }
  co_return RecordedMo{is_new ? MoOutcome::kAccepted : MoOutcome::kDuplicate,
                       inbound_id_text(result.message_id)};
}

}  // namespace dundun
