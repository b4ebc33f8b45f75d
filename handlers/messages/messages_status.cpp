// GET /messages/status?ids=…: many messages at once, as lists show them.
#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "common/web/paging.h"
#include "handlers/messages/endpoints.h"
#include "sql/messages.h"

namespace dundun {
namespace {

constexpr size_t kIdsMax = 100;

Result<PgArray> parse_message_ids(const Request& request) {
  std::string_view left = request.query_value("ids").value_or("");
  if (left.empty()) return invalid_query("ids", "field required", "value_error.missing");
  PgArray ids(PgArray::Type::kUuid);
  for (bool more = true; more;) {
    const size_t comma = left.find(',');
    const std::optional<Uuid> id = parse_message_id(left.substr(0, comma));
    if (!id) return invalid_query("ids", "not a message id");
    if (ids.size() == kIdsMax) {
      return invalid_query("ids", "ensure this value has at most 100 items",
                           "value_error.list.max_items");
    }
    ids.add(*id);
    more = comma != std::string_view::npos;
    left.remove_prefix(more ? comma + 1 : left.size());
  }
  return ids;
}

}  // namespace

Result<Response> messages_status(Context& context) {
  const PgArray ids = TRY(parse_message_ids(context.request));
  const PgParam asked = ids.finish();
  const PgRows rows =
      TRY(context.services.pg.query(sql::messages_by_ids, context.caller.account_id, asked,
                                    environments_param(visible_environments(context.caller))));
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_message(json, rows, row, kListedTextMax);
    json.end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

}  // namespace dundun
