#include "handlers/admin/account_row.h"

#include "common/sms/account.h"
#include "common/web/paging.h"
#include "sql/admin.h"

namespace dundun {

void write_account(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::admin_account;
  static_assert(begins_with_columns(sql::admin_accounts, col));
  json.begin_object()
      .member("id", rows.i64(row, col.account_id))
      .member("name", rows.text(row, col.name))
      .member("currency", rows.text(row, col.currency))
      .member("status", account_status_name(AccountStatus(rows.i16(row, col.status))))
      .member("refund_on",
              rows.boolean(row, col.refund_on_any_failure) ? "any_failure" : "not_accepted")
      .key("low_balance_threshold");
  rows.is_null(row, col.low_balance_micros) ? json.null()
                                            : json.money(rows.i64(row, col.low_balance_micros));
  json.member("created_at", format_z(rows.instant(row, col.created_at)))
      .member("tenant_id", rows.text(row, col.tenant_id))
      .member_money("balance", rows.i64(row, col.balance_micros))
      .member_money("test_balance", rows.i64(row, col.test_balance_micros))
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
