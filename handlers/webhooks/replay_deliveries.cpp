// POST /webhooks/deliveries/replay (ours): the calls of a stretch of time again, the oldest first.
#include "common/web/audited_change.h"
#include "common/webhooks/replay.h"
#include "handlers/webhooks/endpoints.h"

namespace dundun {
namespace {

Result<Response> replay(Context& context) {
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const ReplayRange range = TRY(parse_replay_range(object));
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const Replayed replayed =
      TRY(replay_range(change.connection(), context.caller.account_id, range));
  return change.commit(AuditedChange::Effect::kNone, Response::json(replayed_json(replayed), 202));
}

}  // namespace

Result<Response> replay_deliveries(Context& context) { return replay(context); }

}  // namespace dundun
