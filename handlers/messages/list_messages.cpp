// GET /messages.
#include "common/io/pg.h"
#include "common/web/message_json.h"
#include "handlers/messages/daily.h"
#include "handlers/messages/endpoints.h"
#include "handlers/messages/list_filter.h"
#include "handlers/messages/list_query.h"
#include "handlers/messages/list_window.h"
#include "sql/messages.h"
#include "sql/stats.h"

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
  const PgRows rows = TRY(context.services.pg.run(query.statement, query.params));
  segment.count = rows.i64(0, 0);
  segment.exact = segment.count < count_max;
  return segment;
}

// The list as counted stretches, newest first.
struct Counted {
  std::vector<ListSegment> segments;
  bool whole = false;  // every message of the account in these stretches is in the list
};

Status add_whole_days(const ListFilter& filter, const Context& context, Instant first, Instant last,
                      Counted& list) {
  constexpr auto& col = sql::message_day_totals;
  const PgRows rows = TRY(context.services.pg.query(
      sql::message_day_totals, context.caller.account_id, environments_param(filter.environments),
      postgres_day(first), postgres_day(last), status_param(filter)));
  for (int row = 0; row < rows.size(); ++row) {
    if (!rows.boolean(row, col.asked)) {  // of the environment that was not asked for
      list.whole = false;
      continue;
    }
    const Instant day = first + days(rows.i64(row, col.day_number));
    std::vector<ListSegment>& segments = list.segments;
    if (segments.empty() || segments.back().from != day) segments.push_back({day, day + days(1)});
    segments.back().count += rows.i64(row, col.matches);
  }
  return Done{};
}

// Whole days from the rollup, the broken days at both ends and whatever the rollup does not know by
// id.
Result<Counted> count_list(const ListFilter& filter, const Context& context) {
  Counted list;
  if (filter.nothing || filter.from >= filter.to) return list;
  const Instant first = ceil<days>(filter.from);
  const Instant last = floor<days>(filter.to);
  const bool no_rollup = filter.phone || filter.batch || !filter.words.empty();
  if (no_rollup || first >= last) {
    const bool known_part = !no_rollup;
    list.segments.push_back(TRY(counted(filter, context, {filter.from, filter.to},
                                        known_part ? kEdgeCountMax : kMatchesCountMax)));
    return list;
  }
  list.whole = !filter.status && first == filter.from && last == filter.to;
  if (last < filter.to) {
    list.segments.push_back(TRY(counted(filter, context, {last, filter.to}, kEdgeCountMax)));
  }
  TRY(add_whole_days(filter, context, first, last, list));
  if (filter.from < first) {
    list.segments.push_back(TRY(counted(filter, context, {filter.from, first}, kEdgeCountMax)));
  }
  return list;
}

// Moves the range's end past the offset, where ids alone tell the way: with the message before the
// page.
Status seek(const Context& context, IdRange& range, int64_t& offset) {
  const PgRows rows = TRY(context.services.pg.query(sql::messages_seek, context.caller.account_id,
                                                    range.from, range.to, offset - 1));
  range.to = rows.size() == 0 ? range.from : rows.uuid(0, sql::messages_seek.message_id);
  offset = 0;
  return Done{};
}

Result<PgRows> page_of(const ListFilter& filter, const Context& context, const Counted& list) {
  const ListWindow window = page_window(list.segments, filter.after ? 0 : filter.paging.offset());
  if (window.empty()) return PgRows();
  IdRange range{uuid7_floor(window.from), uuid7_floor(window.to)};
  int64_t offset = window.offset;
  if (filter.after && *filter.after < range.to) range.to = *filter.after;
  if (list.whole && offset > 0) TRY(seek(context, range, offset));
  const ListQuery query =
      page_query(filter, context.caller.account_id, range, filter.paging.limit, offset);
  return context.services.pg.run(query.statement, query.params);
}

}  // namespace

Result<Response> list_messages(Context& context) {
  const ListFilter filter = TRY(parse_list_filter(context.request, context.caller, now()));
  const Counted list = TRY(count_list(filter, context));
  const PgRows rows = TRY(page_of(filter, context, list));
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_message(json, rows, row, kListedTextMax);
    json.end_object();
  }
  json.end_array()
      .member("total", total_of(list.segments))
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
