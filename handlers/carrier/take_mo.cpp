// GET or POST /carrier/{carrier}/mo: a text that came in; of a carrier of kind http, those that its
// description finds.
#include "common/base/config.h"
#include "common/carrier/http/callback.h"
#include "common/inbound/record.h"
#include "handlers/carrier/callback.h"
#include "handlers/carrier/described_call.h"
#include "handlers/carrier/endpoints.h"
#include "handlers/carrier/mo_request.h"

namespace dundun {
namespace {

Task<Response> take_text(Context& context, const std::string& carrier,
                         const CallbackFields& fields) {
  MoRequest mo = co_await parse_mo(fields, carrier, context.services.config);
  const Routed routed =
      co_await route_mo(context.services.pg, context.snapshot.inbound.words, carrier, mo);
  Task<RecordedMo> recording =
      record_mo(*context.services.sending, context.snapshot, carrier, mo, routed);
  const RecordedMo recorded = co_await std::move(recording);
  co_return callback_answer(context.request, mo_outcome_name(recorded.outcome), recorded.id);
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
