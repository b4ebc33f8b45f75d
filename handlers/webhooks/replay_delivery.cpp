// POST /webhooks/deliveries/{id}/replay (ours): the same call again, same id and body, from the
// start of the schedule.
#include "common/web/audited_change.h"
#include "common/web/message_json.h"
#include "common/webhooks/replay.h"
#include "handlers/webhooks/endpoints.h"

namespace dundun {
namespace {

Result<Response> replay_one(Context& context) {
  const std::optional<Uuid> id = parse_delivery_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Delivery not found");
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  TRY(replay_one(change.connection(), context.caller.account_id, *id));
  JsonWriter json;
  json.begin_object().member("id", event_id_text(*id)).member("status", "pending").end_object();
  return change.commit(AuditedChange::Effect::kNone, Response::json(json.take(), 202));
}

}  // namespace

Result<Response> replay_delivery(Context& context) { return replay_one(context); }

}  // namespace dundun
