// Receipts whose message is not known. GET /admin/receipts/unmatched (carrier, after, limit) lists
// them; DELETE /admin/receipts/unmatched/{id} discards one. The scheduler goes on looking for their
// messages.
#include <limits>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/admin/endpoints.h"
#include "sql/carrier_receipts.h"

namespace dundun {
namespace {

constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

void write_receipt(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::carrier_receipts_page;
  std::optional<std::string> message_id;
  if (!rows.is_null(row, col.message_id))
    message_id = message_id_text(rows.uuid(row, col.message_id));
  json.begin_object()
      .member("id", rows.i64(row, col.receipt_id))
      .member("carrier", rows.text(row, col.carrier))
      .member("carrier_message_id", rows.text(row, col.carrier_message_id));
  json.key("account_id");
  rows.is_null(row, col.account_id) ? json.null() : json.value(rows.i64(row, col.account_id));
  json.member("message_id", message_id)
      .member("word", rows.text(row, col.word))
      .member("error", rows.text(row, col.error))
      .member("carrier_time", rows.text(row, col.carrier_time))
      .member("number", rows.text(row, col.number))
      .member("times", static_cast<int64_t>(rows.i32(row, col.times)))
      .member("received_at", format_z(rows.instant(row, col.received_at)))
      .member("last_received_at", format_z(rows.instant(row, col.last_received_at)))
      .member("age_s", rows.i64(row, col.age_s))
      .end_object();
}

Result<Response> discard(Context& context, int64_t receipt_id) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  PgArray ids(PgArray::Type::kInt8);
  ids.add(receipt_id);
  const PgRows dropped = TRY(change.run(sql::drop_carrier_receipts, ids.finish()));
  if (dropped.affected() == 0) return fail(ErrorCode::kNotFound, "Receipt not found");
  TRY(change.record({0, "receipt.discarded", "receipt " + std::to_string(receipt_id)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return Response{.status = 204, .body = {}, .headers = {}};
}

}  // namespace

Result<Response> list_unmatched_receipts(Context& context) {
  const std::optional<int64_t> after = TRY(query_integer(context.request, "after", 1, kLast));
  const Paging paging = TRY(parse_paging(context.request));
  std::optional<std::string> carrier;
  if (const auto wanted = context.request.query_value("carrier")) carrier = *wanted;
  const PgRows rows =
      TRY(context.services.pg.query(sql::carrier_receipts_page, carrier, after, paging.limit));
  JsonWriter json;
  json.begin_object().key("receipts").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_receipt(json, rows, row);
  json.end_array().member("limit", paging.limit).end_object();
  return Response::json(json.take());
}

Result<Response> discard_unmatched_receipt(Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Receipt not found");
  return discard(context, *id);
}

}  // namespace dundun
