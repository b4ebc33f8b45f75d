// GET or POST /carrier/{carrier}/mo: a text that came in.
#include "handlers/carrier/callback.h"
#include "handlers/carrier/record_mo.h"
#include "handlers/carrier/routes.h"

namespace dundun {

Task<Response> take_mo(Context& context) {
  const std::string carrier = co_await calling_carrier(context);
  const CallbackFields fields = co_await CallbackFields::parse(context.request);
  const MoRequest mo = co_await parse_mo(fields, carrier, context.app.config);
  const Routed routed = co_await route_mo(context, carrier, mo);
  Task<RecordedMo> recording = record_mo(context, carrier, mo, routed);
  const RecordedMo recorded = co_await std::move(recording);
  co_return callback_answer(context.request, mo_outcome_name(recorded.outcome), recorded.id);
}

}  // namespace dundun
