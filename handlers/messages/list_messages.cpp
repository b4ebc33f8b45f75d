// GET /messages (api.md 2.2).
#include "common/web/message_json.h"
#include "handlers/messages/daily.h"
#include "handlers/messages/list_filter.h"
#include "handlers/messages/list_query.h"
#include "handlers/messages/list_window.h"
#include "handlers/messages/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;

// No rollup knows the messages of one number or batch, nor those of half a day: they are counted,
// and no further than this.
constexpr int64_t kMatchesCountMax = 100'000;
constexpr int64_t kEdgeCountMax = 1'000'000;

Result<ListSegment> counted(const ListFilter& filter, const Context& context, ListSegment segment,
                            int64_t count_max) {
  const ListQuery query =
      count_query(filter, context.caller.account_id,
                  {uuid7_floor(segment.from), uuid7_floor(segment.to)}, count_max);
  const PgRows rows = TRY(context.app.pg.run(query.statement, query.params));
  segment.count = rows.i64(0, 0);
  segment.exact = segment.count < count_max;
  return segment;
}

int64_t matches_of_row(const ListFilter& filter, const PgRows& rows, int row) {
  if (filter.status) return rows.i64(row, static_cast<int>(*filter.status));
  int64_t total = 0;
  for (int status = 1; status <= kStatusCount; ++status) total += rows.i64(row, status);
  return total;
}

Status add_whole_days(const ListFilter& filter, const Context& context, Instant first, Instant last,
                      std::vector<ListSegment>& segments) {
  const PgRows rows = TRY(context.app.pg.query(sql::message_day_totals, context.caller.account_id,
                                               environments_param(filter), postgres_day(first),
                                               postgres_day(last)));
  for (int row = 0; row < rows.size(); ++row) {
    const Instant day = first + days(rows.i64(row, 0));
    segments.push_back({day, day + days(1), matches_of_row(filter, rows, row)});
  }
  return Done{};
}

// The list as counted stretches, newest first: whole days from the rollup, the broken days at both
// ends and whatever the rollup does not know by id.
Result<std::vector<ListSegment>> segments_of(const ListFilter& filter, const Context& context) {
  std::vector<ListSegment> segments;
  if (filter.nothing || filter.from >= filter.to) return segments;
  const Instant first = ceil<days>(filter.from);
  const Instant last = floor<days>(filter.to);
  if (filter.phone || filter.batch || first >= last) {
    const bool known_part = !filter.phone && !filter.batch;
    segments.push_back(TRY(counted(filter, context, {filter.from, filter.to},
                                   known_part ? kEdgeCountMax : kMatchesCountMax)));
    return segments;
  }
  if (last < filter.to) {
    segments.push_back(TRY(counted(filter, context, {last, filter.to}, kEdgeCountMax)));
  }
  TRY(add_whole_days(filter, context, first, last, segments));
  if (filter.from < first) {
    segments.push_back(TRY(counted(filter, context, {filter.from, first}, kEdgeCountMax)));
  }
  return segments;
}

Result<PgRows> page_of(const ListFilter& filter, const Context& context,
                       const std::vector<ListSegment>& segments) {
  const ListWindow window = page_window(segments, filter.after ? 0 : filter.paging.offset());
  if (window.empty()) return PgRows();
  const Uuid to = uuid7_floor(window.to);
  const IdRange range{uuid7_floor(window.from),
                      filter.after && *filter.after < to ? *filter.after : to};
  const ListQuery query =
      page_query(filter, context.caller.account_id, range, filter.paging.limit, window.offset);
  return context.app.pg.run(query.statement, query.params);
}

}  // namespace

Task<Response> list_messages(Context& context) {
  const ListFilter filter = co_await parse_list_filter(context.request, context.caller, now());
  const std::vector<ListSegment> segments = co_await segments_of(filter, context);
  const PgRows rows = co_await page_of(filter, context, segments);
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_message(json, rows, row, kListedTextMax);
    json.end_object();
  }
  json.end_array()
      .member("total", total_of(segments))
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .end_object();
  co_return Response::json(json.take());
}

}  // namespace dundun
