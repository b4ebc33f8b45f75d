// GET /webhooks/deliveries/{id} (ours): one line of the log, with the body that is sent.
#include "common/io/pg.h"
#include "common/webhooks/replay.h"
#include "handlers/webhooks/delivery_json.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {

Result<Response> get_delivery(Context& context) {
  const std::optional<Uuid> id = parse_delivery_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Delivery not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::webhook_delivery, context.caller.account_id, *id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Delivery not found");
  JsonWriter json;
  json.begin_object();
  write_delivery(json, rows, 0);
  json.key("payload").raw(rows.text(0, sql::webhook_delivery.body)).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
