// GET or POST /carrier/{carrier}/mo: a text that came in; of a carrier of kind http, those that its
// description finds.
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/http_callback.h"
#include "common/sms/msisdn.h"
#include "handlers/carrier/auto_reply.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/described_call.h"
#include "handlers/carrier/owner.h"
#include "handlers/carrier/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using Outcome = Receipt::Outcome;

RecordInbound record_of(const std::string& carrier, const MoRequest& mo, const Owner& owner,
                        const OptOutWord* wish) {
  RecordInbound record{};
  record.account_id = owner.account_id;
  record.environment = owner.environment;
  record.inbound_id = new_uuid7();
  record.tenant_id = owner.tenant_id;
  record.app_id = owner.app_id;
  record.carrier = carrier;
  record.carrier_message_id = mo.carrier_message_id;
  record.from = mo.from.text;
  record.to = mo.to.text;
  record.text = mo.text;
  record.keyword = owner.keyword;
  record.wish = wish == nullptr ? OptOutWish::kNone : wish->wish;
  record.auto_reply = mo.auto_reply;
  return record;
}

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

Task<Response> take_text(Context& context, const std::string& carrier,
                         const CallbackFields& fields) {
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

// Each of several is taken by itself, in their order. If one is refused, the carrier brings all of
// them again, and those that were taken change nothing.
Task<Response> take_texts(Context& context, const DescribedCall& call) {
  const std::vector<MoFields> texts = co_await read_texts(*call.description.mo, call.document);
  Response answer = callback_answer(context.request, "accepted", "");
  for (const MoFields& text : texts) {
    const CallbackFields fields = CallbackFields::of(text);
    Task<Response> taken = take_text(context, call.carrier, fields);
    answer = co_await std::move(taken);
  }
  co_return answer;
}

}  // namespace

Task<Response> take_mo(Context& context) {
  const std::optional<DescribedCall> described = co_await described_call(context);
  if (described && described->description.mo) {
    Task<Response> taken = take_texts(context, *described);
    co_return co_await std::move(taken);
  }
  const std::string carrier = co_await calling_carrier(context);
  const CallbackFields fields = co_await CallbackFields::parse(context.request);
  Task<Response> taken = take_text(context, carrier, fields);
  co_return co_await std::move(taken);
}

}  // namespace dundun
