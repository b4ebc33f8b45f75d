// GET /messages/batch/{id}: a campaign's state and a page of its messages.
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "common/web/paging.h"
#include "handlers/bulk/batch_json.h"
#include "handlers/bulk/endpoints.h"
#include "sql/campaigns.h"
#include "sql/messages.h"

namespace dundun {
namespace {

constexpr int64_t kPageDefault = 50;

PgParam one_of(const Uuid& id) {
  PgArray array(PgArray::Type::kUuid);
  array.add(id);
  return array.finish();
}

PgParam one_of(Environment environment) {
  PgArray array(PgArray::Type::kInt2);
  array.add(environment);
  return array.finish();
}

Result<PgRows> messages_of(const Context& context, const Uuid& batch, const Paging& paging,
                           const std::optional<Uuid>& after) {
  PgArray statuses(PgArray::Type::kInt2);
  for (int16_t status = 1; status <= 9; ++status) statuses.add(status);
  // A message is younger than its batch.
  const Uuid end = after.value_or(uuid7_floor(now() + std::chrono::days(1)));
  return context.services.pg.run(
      sql::messages_page_of_batch,
      {context.caller.account_id, one_of(context.caller.environment), batch, end, statuses.finish(),
       nullptr, batch, paging.limit, after ? 0 : paging.offset()});
}

}  // namespace

Result<Response> get_batch(Context& context) {
  const std::optional<Uuid> id = parse_batch_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Batch not found");
  const Paging paging = TRY(parse_paging(context.request, kPageDefault));
  const std::optional<Uuid> after =
      TRY(query_id(context.request, "after", "a message id", parse_message_id));
  const int64_t account = context.caller.account_id;
  const PgParam environment = one_of(context.caller.environment);
  const PgRows rows = TRY(context.services.pg.query(sql::batch_by_id, account, *id, environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Batch not found");
  const PgParam ids = one_of(*id);
  const PgRows counts = TRY(context.services.pg.query(sql::batch_state_counts, account, ids));
  const PgRows refunds = TRY(context.services.pg.query(sql::batch_message_refunds, account, *id));
  const PgRows messages = TRY(messages_of(context, *id, paging, after));
  JsonWriter json;
  json.begin_object();
  write_batch(json, rows, 0, batch_counts_of(counts));
  json.member_money("messages_refunded", refunds.i64(0, 0)).key("messages").begin_array();
  for (int row = 0; row < messages.size(); ++row) {
    json.begin_object();
    write_message(json, messages, row, kListedTextMax);
    json.end_object();
  }
  json.end_array()
      .member("total", rows.i64(0, sql::batch_by_id.made))
      .member("page", paging.page)
      .member("limit", paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
