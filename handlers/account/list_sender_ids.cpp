// GET /sender-ids: a bare array.
#include "common/io/pg.h"
#include "common/web/sender_json.h"
#include "handlers/account/endpoints.h"
#include "sql/senders.h"

namespace dundun {

Result<Response> list_sender_ids(Context& context) {
  const PgRows rows =
      TRY(context.services.pg.query(sql::senders_of_account, context.caller.account_id));
  JsonWriter json;
  json.begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_sender(json, rows, row);
    json.end_object();
  }
  json.end_array();
  return Response::json(json.take());
}

}  // namespace dundun
