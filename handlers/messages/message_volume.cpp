// GET /messages/volume: a bare array, a row a day.
#include "common/io/json.h"
#include "common/web/paging.h"
#include "handlers/messages/daily.h"
#include "handlers/messages/endpoints.h"

namespace dundun {

Result<Response> message_volume(Context& context) {
  const std::optional<int64_t> count = TRY(query_integer(context.request, "days", 1, 90));
  const std::vector<DayCounts> days = TRY(last_days(context, count.value_or(14), now()));
  JsonWriter json;
  json.begin_array();
  for (const DayCounts& day : days) {
    json.begin_object()
        .member("date", day_text(day.day))
        .member("day", weekday_text(day.day))
        .member("delivered", day.delivered)
        .member("failed", day.failed)
        .member("pending", day.pending)
        .end_object();
  }
  json.end_array();
  return Response::json(json.take());
}

}  // namespace dundun
