// GET /inbound and GET /inbound/{id}: texts that came in, newest first.
#include "common/identity/authorization.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/opt_out.h"
#include "common/web/paging.h"
#include "handlers/inbound/endpoints.h"
#include "handlers/inbound/inbound_filter.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

// The total is counted up to this; no one pages so far.
constexpr int64_t kCountMax = 100'000;

void write_wish(JsonWriter& json, OptOutWish wish) {
  json.key("opt_out");
  if (wish == OptOutWish::kNone) {
    json.null();
  } else {
    json.value(wish == OptOutWish::kStop ? "stop" : "start");
  }
}

// Columns as in inbound_page.
void write_inbound(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::inbound_page;
  static_assert(begins_with_columns(sql::inbound_page_of_sender, col));
  static_assert(begins_with_columns(sql::inbound_by_id, col));
  const Uuid id = rows.uuid(row, col.inbound_id);
  json.begin_object()
      .member("id", inbound_id_text(id))
      .member("direction", "inbound")
      .member("from", rows.text(row, col.sender))
      .member("to", rows.text(row, col.recipient))
      .member("phone", rows.text(row, col.sender))
      .member("text", rows.text(row, col.body))
      .member("keyword", rows.maybe_text(row, col.keyword))
      .member("status", "received");
  write_wish(json, OptOutWish(rows.i16(row, col.wish)));
  json.member("auto_reply", rows.boolean(row, col.auto_reply))
      .member("environment", environment_name(Environment(rows.i16(row, col.environment))))
      .member("created_at", format_z(created_at(id)))
      .end_object();
}

Result<PgRows> page_of(const Context& context, const InboundFilter& filter) {
  PgPool& pg = context.services.pg;
  const int64_t account = context.caller.account_id;
  const int64_t offset = filter.after ? 0 : filter.paging.offset();
  if (filter.from) {
    return pg.query(sql::inbound_page_of_sender, account, environments_param(filter.environments),
                    filter.first, filter.last, filter.to, filter.keyword, *filter.from,
                    filter.paging.limit, offset);
  }
  return pg.query(sql::inbound_page, account, environments_param(filter.environments), filter.first,
                  filter.last, filter.to, filter.keyword, filter.paging.limit, offset);
}

}  // namespace

Result<Response> list_inbound(Context& context) {
  const InboundFilter filter = TRY(parse_inbound_filter(context.request, context.caller, now()));
  const PgRows rows = TRY(page_of(context, filter));
  const PgParam environments = environments_param(filter.environments);
  const PgRows count = TRY(context.services.pg.query(
      sql::inbound_count, context.caller.account_id, environments, filter.first, filter.last,
      filter.to, filter.keyword, filter.from, kCountMax));
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_inbound(json, rows, row);
  json.end_array()
      .member("total", count.i64(0, 0))
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .end_object();
  return Response::json(json.take());
}

Result<Response> get_inbound(Context& context) {
  const std::optional<Uuid> id = parse_inbound_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Inbound message not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::inbound_by_id, context.caller.account_id, *id,
                                    environments_param(visible_environments(context.caller))));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Inbound message not found");
  JsonWriter json;
  write_inbound(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
