// GET /messages/errors: what failed lately, by cause.
#include "common/base/ids.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/web/paging.h"
#include "common/web/replica.h"
#include "handlers/messages/endpoints.h"
#include "sql/stats.h"

namespace dundun {
namespace {

constexpr int64_t kDaysDefault = 7;
constexpr int64_t kDaysMax = 90;
// Failures that one question looks at: it takes well under a second, however many there are.
constexpr int64_t kFailuresMax = 20'000;

}  // namespace

Result<Response> message_errors(Context& context) {
  constexpr auto& col = sql::message_failures;
  const std::optional<int64_t> asked = TRY(query_integer(context.request, "days", 1, kDaysMax));
  const int64_t days = asked.value_or(kDaysDefault);
  const PgRows rows = TRY(context.services.replica.query_of(
      context.caller.account_id, sql::message_failures, context.caller.account_id,
      context.caller.environment, uuid7_floor(now() - std::chrono::days(days)), kFailuresMax));
  int64_t counted = 0;
  JsonWriter json;
  json.begin_object().key("errors").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    counted += rows.i64(row, col.messages);
    json.begin_object()
        .member("error_code", rows.text(row, col.error_code))
        .member("carrier_error_code", rows.maybe_text(row, col.carrier_error_code))
        .member("country", rows.text(row, col.country))
        .member("count", rows.i64(row, col.messages))
        .member("last_id", message_id_text(rows.uuid(row, col.last_message_id)))
        .member("last_failed_at", format_z(rows.instant(row, col.failed_at)))
        .end_object();
  }
  json.end_array()
      .member("counted", counted)
      .member("complete", counted < kFailuresMax)
      .member("days", days)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
