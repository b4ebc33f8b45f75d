// GET /balance/transactions: the wallet's ledger, newest first.
#include <limits>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/ledger.h"
#include "sql/account.h"

namespace dundun {
namespace {

void write_entry(JsonWriter& json, const PgRows& rows, int row, std::string_view currency) {
  constexpr auto& col = sql::ledger_page;
  json.begin_object()
      .member("id", rows.i64(row, col.seq))
      .member("type", ledger_type_name(rows.i16(row, col.type)))
      .member_money("amount", rows.i64(row, col.amount_micros))
      .member_money("balance_after", rows.i64(row, col.balance_after_micros))
      .member("currency", currency)
      .member("description", rows.text(row, col.description));
  if (rows.is_null(row, col.batch_id)) {
    json.member_null("batch_id");
  } else {
    json.member("batch_id", batch_id_text(rows.uuid(row, col.batch_id)));
  }
  if (rows.is_null(row, col.message_id)) {
    json.member_null("message_id");
  } else {
    json.member("message_id", message_id_text(rows.uuid(row, col.message_id)));
  }
  json.member("created_at", format_z(rows.instant(row, col.created_at)))
      .member("fx_rate", rows.maybe_text(row, col.fx_rate))
      .end_object();
}

}  // namespace

Result<Response> list_transactions(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<int64_t> after =
      TRY(query_integer(context.request, "after", 1, std::numeric_limits<int64_t>::max()));
  const int64_t account = context.caller.account_id;
  const auto environment = context.caller.environment;
  const PgRows wallet = TRY(context.services.pg.query(sql::wallet_by_key, account, environment));
  if (wallet.size() == 0) return fail(ErrorCode::kNotFound, "Wallet not found");
  // seq has no gaps: the last one is the count, and a page number is a seq.
  const int64_t total = wallet.i64(0, sql::wallet_by_key.seq);
  const int64_t before = after.value_or(total + 1 - paging.offset());
  const PgRows rows =
      TRY(context.services.pg.query(sql::ledger_page, account, environment, before, paging.limit));
  JsonWriter json;
  json.begin_object().key("transactions").begin_array();
  for (int row = 0; row < rows.size(); ++row)
    write_entry(json, rows, row, wallet.text(0, sql::wallet_by_key.currency));
  json.end_array()
      .member("total", total)
      .member("page", paging.page)
      .member("limit", paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
