// GET /balance.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/sms_estimate.h"
#include "sql/account.h"

namespace dundun {

Result<Response> get_balance(Context& context) {
  constexpr auto& col = sql::wallet_by_key;
  const PgRows rows = TRY(context.services.pg.query(sql::wallet_by_key, context.caller.account_id,
                                                    context.caller.environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Wallet not found");
  JsonWriter json;
  json.begin_object()
      .member_money("balance", rows.i64(0, col.balance_micros))
      .member("currency", rows.text(0, col.currency))
      .member("sms_estimate",
              sms_estimate(rows.i64(0, col.balance_micros), std::string(rows.text(0, col.currency)),
                           context.snapshot))
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
