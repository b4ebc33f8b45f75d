// GET /messages (api.md 2.2).
#include "common/web/message_json.h"
#include "handlers/messages/daily.h"
#include "handlers/messages/list_filter.h"
#include "handlers/messages/list_window.h"
#include "handlers/messages/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;

constexpr int kStatuses = 9;
// No rollup knows the messages of one number or batch, nor those of half a day: they are counted,
// and no further than this.
constexpr int64_t kMatchesCountMax = 100'000;
constexpr int64_t kEdgeCountMax = 1'000'000;

PgParam environments_param(const ListFilter& filter) {
  PgArray environments(PgArray::Type::kInt2);
  for (const Environment environment : filter.environments) {
    environments.add(static_cast<int16_t>(environment));
  }
  return environments.finish();
}

PgParam statuses_param(const ListFilter& filter) {
  PgArray statuses(PgArray::Type::kInt2);
  for (int16_t status = 1; status <= kStatuses; ++status) {
    if (!filter.status || static_cast<int16_t>(*filter.status) == status) statuses.add(status);
  }
  return statuses.finish();
}

// $1 … $5 of every messages_page… and messages_count…
std::vector<PgParam> common_params(const ListFilter& filter, const Context& context,
                                   const Uuid& from, const Uuid& to) {
  return {PgParam(context.caller.account_id), environments_param(filter), PgParam(from),
          PgParam(to), statuses_param(filter)};
}

struct Shape {
  const Statement& page;
  const Statement& count;
};

// The statements for this filter; adds their parameters from $6 on, up to the limit.
Shape shape_of(const ListFilter& filter, std::vector<PgParam>& params) {
  if (filter.phone) {
    params.emplace_back(*filter.phone);
    params.emplace_back(filter.batch);
    return {sql::messages_page_of_phone, sql::messages_count_of_phone};
  }
  if (filter.batch) {
    params.emplace_back(*filter.batch);
    return {sql::messages_page_of_batch, sql::messages_count_of_batch};
  }
  return {sql::messages_page, sql::messages_count};
}

Result<ListSegment> counted(const ListFilter& filter, const Context& context, ListSegment segment,
                            int64_t count_max) {
  std::vector<PgParam> params =
      common_params(filter, context, uuid7_floor(segment.from), uuid7_floor(segment.to));
  const Statement& statement = shape_of(filter, params).count;
  params.emplace_back(count_max);
  const PgRows rows = TRY(context.app.pg.run(statement, params));
  segment.count = rows.i64(0, 0);
  segment.exact = segment.count < count_max;
  return segment;
}

int64_t matches_of_row(const ListFilter& filter, const PgRows& rows, int row) {
  if (filter.status) return rows.i64(row, static_cast<int>(*filter.status));
  int64_t total = 0;
  for (int status = 1; status <= kStatuses; ++status) total += rows.i64(row, status);
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
  std::vector<PgParam> params =
      common_params(filter, context, uuid7_floor(window.from),
                    filter.after && *filter.after < to ? *filter.after : to);
  const Statement& statement = shape_of(filter, params).page;
  params.emplace_back(filter.paging.limit);
  params.emplace_back(window.offset);
  return context.app.pg.run(statement, params);
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
