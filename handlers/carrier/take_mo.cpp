// GET or POST /carrier/{carrier}/mo: a text that came in.
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/sms/msisdn.h"
#include "handlers/carrier/auto_reply.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/mo_request.h"
#include "handlers/carrier/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using Outcome = Receipt::Outcome;

Result<Response> keep_unrouted(Context& context, const std::string& carrier, const MoRequest& mo) {
  const PgRows kept = TRY(context.app.pg.query(sql::keep_unrouted, carrier, mo.carrier_message_id,
                                               mo.from.text, mo.to.text, mo.text));
  if (kept.affected() > 0) {
    counter("dundun_inbound_unrouted_total").add();
    // The table has it whole; what a carrier says may be anybody's number.
    const std::string to = mask_msisdn(mo.to.text);
    log(LogLevel::kWarning, "inbound_unrouted",
        {{"carrier", std::string_view(carrier)}, {"to", std::string_view(to)}});
  }
  return callback_answer(context.request, "unrouted", "");
}

}  // namespace

Task<Response> take_mo(Context& context) {
  const std::string carrier = co_await calling_carrier(context);
  const CallbackFields fields = co_await CallbackFields::parse(context.request);
  const MoRequest mo = co_await parse_mo(fields, carrier, context.app.config);
  const Routed routed = co_await route_mo(context, carrier, mo);
  if (routed.owners.empty()) co_return co_await keep_unrouted(context, carrier, mo);
  Receipt receipt;
  for (const Owner& owner : routed.owners) {
    const RecordInbound record = record_of(carrier, mo, owner, routed.wish);
    Journal::Commit commit = context.app.journal->commit(record, context.app.executor);
    auto committed = co_await commit;
    receipt = co_await std::move(committed);
  }
  const bool is_new = receipt.outcome == Outcome::kCommitted;
  if (is_new && routed.owners.size() == 1) {
    Task<Done> answered = answer_mo(context, mo, routed.owners.front(), routed.wish);
    (void)co_await std::move(answered);
  }
  co_return callback_answer(context.request, is_new ? "accepted" : "duplicate",
                            inbound_id_text(receipt.message_id));
}

}  // namespace dundun
