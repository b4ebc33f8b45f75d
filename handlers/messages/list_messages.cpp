// GET /messages (api.md 2.2).
#include "handlers/messages/list_filter.h"
#include "handlers/messages/message_json.h"
#include "handlers/messages/routes.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::floor;

// A total that no rollup knows (one number, one batch) is counted up to here.
constexpr int64_t kCountMax = 100'000;

PgParam day_param(Instant at) {
  // A date in PostgreSQL's binary form is days since 2000.
  const int64_t day = (floor<days>(at).time_since_epoch() -
                       std::chrono::microseconds(kPostgresEpochMicros)) / days(1);
  return PgParam(static_cast<int32_t>(day));
}

Result<int64_t> counted(const ListFilter& filter, const Context& context) {
  ListFilter whole = filter;
  whole.after.reset();
  std::vector<PgParam> params = filter_params(whole, context.caller);
  params.emplace_back(kCountMax);
  auto lease = TRY(context.app.pg.lease());
  const PgRows rows = TRY(lease->run(sql::messages_count, params));
  return rows.i64(0, 0);
}

Result<int64_t> rolled_up(const ListFilter& filter, const Context& context, Instant from,
                          Instant to) {
  const PgRows rows = TRY(context.app.pg.run(
      sql::message_totals,
      {context.caller.account_id, environments_param(filter), day_param(from), day_param(to)}));
  if (filter.status) return rows.i64(0, static_cast<int>(*filter.status) - 1);
  int64_t total = 0;
  for (int column = 0; column < 9; ++column) total += rows.i64(0, column);
  return total;
}

// Whole days come from the rollup; the two broken days at the edges are counted by id.
Result<int64_t> total_of(const ListFilter& filter, const Context& context) {
  if (filter.nothing || filter.from >= filter.to) return int64_t{0};
  if (filter.phone || filter.batch) return counted(filter, context);
  const Instant first = std::chrono::ceil<days>(filter.from);
  const Instant last = filter.has_dates ? Instant(floor<days>(filter.to))
                                        : Instant(std::chrono::ceil<days>(filter.to));
  if (first >= last) return counted(filter, context);
  int64_t total = TRY(rolled_up(filter, context, first, last));
  ListFilter edge = filter;
  if (filter.from < first) {
    edge.to = first;
    total += TRY(counted(edge, context));
  }
  if (last < filter.to) {
    edge.from = last;
    edge.to = filter.to;
    total += TRY(counted(edge, context));
  }
  return total;
}

Result<PgRows> page_of(const ListFilter& filter, const Context& context) {
  std::vector<PgParam> params = filter_params(filter, context.caller);
  params.emplace_back(filter.nothing ? int64_t{0} : filter.paging.limit);
  params.emplace_back(filter.after ? int64_t{0} : filter.paging.offset());
  auto lease = TRY(context.app.pg.lease());
  return lease->run(sql::messages_page, params);
}

}  // namespace

Task<Response> list_messages(Context& context) {
  const ListFilter filter = co_await parse_list_filter(context.request, context.caller);
  const PgRows rows = co_await page_of(filter, context);
  const int64_t total = co_await total_of(filter, context);
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_message(json, rows, row, kListedTextMax);
    json.end_object();
  }
  json.end_array()
      .member("total", total)
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .end_object();
  co_return Response::json(json.take());
}

}  // namespace dundun
