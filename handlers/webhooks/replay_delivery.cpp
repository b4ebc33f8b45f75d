// POST /webhooks/deliveries/{id}/replay (ours): the same call again, same id and body, from the
// start of the schedule.
#include "handlers/webhooks/delivery_json.h"
#include "handlers/webhooks/routes.h"
#include "sql/statements.h"

namespace dundun {

Task<Response> replay_delivery(Context& context) {
  const std::optional<Uuid> id = parse_delivery_id(context.request.parameters.at(0));
  if (!id) co_return fail(ErrorCode::kNotFound, "Delivery not found");
  PgPool& pg = context.app.pg;
  const int64_t account = context.caller.account_id;
  const PgRows found = co_await pg.query(sql::webhook_delivery, account, *id);
  if (found.size() == 0) co_return fail(ErrorCode::kNotFound, "Delivery not found");
  PgArray ids(PgArray::Type::kUuid);
  ids.add(*id);
  const PgParam named = ids.finish();
  const PgRows replayed = co_await pg.query(sql::webhook_replay, account, named);
  if (replayed.size() == 0) {
    co_return fail(ErrorCode::kInvalidState, "Its URL is not set, or switched off.");
  }
  const std::string name = event_id_text(*id);
  JsonWriter json;
  json.begin_object().member("id", std::string_view(name)).member("status", "pending").end_object();
  co_return Response::json(json.take(), 202);
}

}  // namespace dundun
