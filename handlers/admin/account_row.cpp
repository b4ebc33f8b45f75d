#include "handlers/admin/account_row.h"

#include "common/sms/account.h"
#include "common/web/paging.h"
#include "sql/admin.h"

namespace dundun {

void write_account(JsonWriter& json, const PgRows& rows, int row) {
  json.begin_object()
      .member("id", rows.i64(row, 0))
      .member("name", rows.text(row, 1))
      .member("currency", rows.text(row, 2))
      .member("status", account_status_name(AccountStatus(rows.i16(row, 3))))
      .member("refund_on", rows.boolean(row, 4) ? "any_failure" : "not_accepted")
      .key("low_balance_threshold");
  rows.is_null(row, 5) ? json.null() : json.money(rows.i64(row, 5));
  json.member("created_at", format_z(rows.instant(row, 6)))
      .member("tenant_id", rows.text(row, 7))
      .member_money("balance", rows.i64(row, 8))
      .member_money("test_balance", rows.i64(row, 9))
      .end_object();
}

Result<int64_t> path_account(const Context& context) {
  const std::optional<int64_t> id = parse_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Account not found");
  return *id;
}

Result<Response> account_answer(Context& context, int64_t account_id) {
  const PgRows rows = TRY(context.services.pg.query(sql::admin_account, account_id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  JsonWriter json;
  write_account(json, rows, 0);
  return Response::json(json.take());
}

}  // namespace dundun
