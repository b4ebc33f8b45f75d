// GET /messages.
#include <optional>
#include <span>
#include <utility>
#include <vector>

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

// A part of the list whose length one statement tells: whole days, which the rollup knows, or
// messages that are counted, no further than count_max.
struct Stretch {
  Instant from, to;
  std::optional<int64_t> count_max;  // none: by the rollup
};

// The newest first: whole days from the rollup, the broken days at both ends and whatever the
// rollup does not know by id.
std::vector<Stretch> stretches_of(const ListFilter& filter) {
  if (filter.nothing || filter.from >= filter.to) return {};
  const Instant first = ceil<days>(filter.from);
  const Instant last = floor<days>(filter.to);
  const bool no_rollup = filter.phone || filter.batch || !filter.words.empty();
  if (no_rollup) return {{filter.from, filter.to, kMatchesCountMax}};
  if (first >= last) return {{filter.from, filter.to, kEdgeCountMax}};
  std::vector<Stretch> stretches;
  if (last < filter.to) stretches.push_back({last, filter.to, kEdgeCountMax});
  stretches.push_back({first, last, std::nullopt});
  if (filter.from < first) stretches.push_back({filter.from, first, kEdgeCountMax});
  return stretches;
}

Pg::Call call_of(ListQuery query) { return {&query.statement, std::move(query.params)}; }

Pg::Call length_call(const ListFilter& filter, int64_t account, const Stretch& stretch) {
  if (stretch.count_max) {
    return call_of(count_query(
        filter, account, {uuid7_floor(stretch.from), uuid7_floor(stretch.to)}, *stretch.count_max));
  }
  return {&sql::message_day_totals,
          {account, environments_param(filter.environments), postgres_day(stretch.from),
           postgres_day(stretch.to), status_param(filter)}};
}

// The list as counted stretches, newest first.
struct Counted {
  std::vector<ListSegment> segments;
  bool whole = false;  // every message of the account in these stretches is in the list
};

void add_whole_days(const PgRows& rows, Instant first, Counted& list) {
  constexpr auto& col = sql::message_day_totals;
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
}

// From the answers to length_call() of each stretch.
Counted counted(const ListFilter& filter, std::span<const Stretch> stretches,
                std::span<const PgRows> answers) {
  Counted list;
  list.whole = !filter.status && stretches.size() == 1 && !stretches.front().count_max;
  for (size_t i = 0; i < stretches.size(); ++i) {
    const Stretch& stretch = stretches[i];
    if (stretch.count_max) {
      const int64_t count = answers[i].i64(0, 0);
      list.segments.push_back({stretch.from, stretch.to, count, count < *stretch.count_max});
    } else {
      add_whole_days(answers[i], stretch.from, list);
    }
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

struct Listed {
  Counted list;
  PgRows rows;  // the page
};

IdRange range_of(const ListFilter& filter) {
  IdRange range{uuid7_floor(filter.from), uuid7_floor(filter.to)};
  if (filter.after && *filter.after < range.to) range.to = *filter.after;
  return range;
}

// What may be the page, to be asked together with the lengths.
struct PageGuess {
  Pg::Call call;
  bool is_sure;  // it is the page
};

// None where only the lengths tell where to look, or whether there is anything. Where all of the
// list is counted, it is the page. Otherwise it is the account's newest messages: cheap to ask for,
// but others than the list's may be among them.
std::optional<PageGuess> guess_page(const ListFilter& filter, int64_t account,
                                    std::span<const Stretch> stretches) {
  const bool is_counted = stretches.size() == 1 && stretches.front().count_max;
  const bool is_rare = filter.status || !filter.words.empty();
  const int64_t limit = filter.paging.limit;
  const int64_t offset = filter.after ? 0 : filter.paging.offset();
  const IdRange range = range_of(filter);
  if (is_counted && (filter.phone || filter.batch || !is_rare)) {
    return PageGuess{call_of(page_query(filter, account, range, limit, offset)), true};
  }
  if (is_rare || offset > 0) return std::nullopt;
  Pg::Call newest{&sql::messages_newest,
                  {account, environments_param(filter.environments), range.from, range.to, limit}};
  return PageGuess{std::move(newest), false};
}

bool proves_page(const PgRows& newest, const ListFilter& filter, const Counted& list) {
  if (newest.size() == filter.paging.limit) return true;
  return !filter.after && newest.size() >= total_of(list.segments);
}

Result<Listed> list_of(const ListFilter& filter, const Context& context) {
  const std::vector<Stretch> stretches = stretches_of(filter);
  if (stretches.empty()) return Listed{};
  const int64_t account = context.caller.account_id;
  std::vector<Pg::Call> calls;
  for (const Stretch& stretch : stretches) calls.push_back(length_call(filter, account, stretch));
  const std::optional<PageGuess> page = guess_page(filter, account, stretches);
  if (page) calls.push_back(page->call);
  std::vector<PgRows> answers = TRY(context.services.pg.run_pipeline(calls));
  Counted list = counted(filter, stretches, answers);
  if (page && (page->is_sure || proves_page(answers.back(), filter, list))) {
    return Listed{std::move(list), std::move(answers.back())};
  }
  PgRows rows = TRY(page_of(filter, context, list));
  return Listed{std::move(list), std::move(rows)};
}

}  // namespace

Result<Response> list_messages(Context& context) {
  const ListFilter filter = TRY(parse_list_filter(context.request, context.caller, now()));
  const Listed listed = TRY(list_of(filter, context));
  const PgRows& rows = listed.rows;
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_message(json, rows, row, kListedTextMax);
    json.end_object();
  }
  json.end_array()
      .member("total", total_of(listed.list.segments))
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
