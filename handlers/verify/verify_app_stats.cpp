// GET /verify/apps/{id}/stats?days=30.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "common/web/replica.h"
#include "handlers/verify/endpoints.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr int64_t kDaysDefault = 30, kDaysMax = 90;

}  // namespace

Result<Response> verify_app_stats(Context& context) {
  constexpr auto& col = sql::verify_app_counts;
  const std::string& app_id = context.request.parameters.at(0);
  const int64_t account = context.caller.account_id;
  const int64_t days =
      (TRY(query_integer(context.request, "days", 1, kDaysMax))).value_or(kDaysDefault);
  const PgRows app = TRY(context.services.pg.query(sql::verify_app_by_id, account, app_id));
  if (app.size() == 0) return fail(ErrorCode::kNotFound, "Verify app not found");
  const Uuid since = uuid7_floor(now() - std::chrono::days(days));
  const PgRows rows = TRY(context.services.replica.query_of(
      account, sql::verify_app_counts, account, context.caller.environment, app_id, since));
  const int64_t started = rows.i64(0, col.total), approved = rows.i64(0, col.approved);
  const double rate =
      started == 0 ? 0 : 100.0 * static_cast<double>(approved) / static_cast<double>(started);
  JsonWriter json;
  json.begin_object()
      .member("app_id", app_id)
      .member("days", days)
      .member("started", started)
      .member("pending", rows.i64(0, col.pending))
      .member("approved", approved)
      .member("failed", rows.i64(0, col.failed))
      .member("expired", rows.i64(0, col.expired))
      .member("canceled", rows.i64(0, col.canceled))
      .member("codes_sent", rows.i64(0, col.sends))
      .key("approval_rate")
      .decimal(rate, 1)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
