// GET /v1/sms/messages: outbound and inbound, newest first, pages from 1.
#include "common/io/pg.h"
#include "common/web/date_range.h"
#include "common/web/paging.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/scope.h"
#include "handlers/gravity/sms_json.h"
#include "sql/gravity.h"

namespace dundun {
namespace {

constexpr int64_t kCountMax = 100'000;
constexpr int64_t kPageMax = 5'000;  // a list of many tenants is merged up to the page asked for

struct Filter {
  PgParam statuses = nullptr;  // of what was sent
  bool inbound = true;
  std::optional<std::string> from, to;
  Uuid first, last;  // ids from (inclusive) to (exclusive)
  std::optional<Uuid> after;
  int64_t page = 1, limit = 20;
  int64_t offset() const { return after ? 0 : (page - 1) * limit; }
};

Status parse_kinds(const Request& request, Filter& filter) {
  const std::string_view direction = request.query_value("direction").value_or("");
  const std::string_view status = request.query_value("status").value_or("");
  if (!direction.empty() && direction != "outbound" && direction != "inbound") {
    return invalid_query("direction", "must be outbound or inbound");
  }
  const std::vector<MessageStatus> named = statuses_behind(status);
  if (!status.empty() && named.empty() && status != kReceived) {
    return invalid_query("status", "unknown status");
  }
  PgArray statuses(PgArray::Type::kInt2);
  for (int16_t number = 1; number <= 9 && direction != "inbound"; ++number) {
    const bool wanted = status.empty() || gravity_status(MessageStatus(number)) == status;
    if (wanted) statuses.add(number);
  }
  filter.statuses = statuses.finish();
  filter.inbound = direction != "outbound" && (status.empty() || status == kReceived);
  return Done{};
}

Result<Filter> parse_filter(const Request& request) {
  Filter filter;
  TRY(parse_kinds(request, filter));
  const DateRange range = TRY(parse_date_range(request, now(), "startDate", "endDate"));
  filter.first = uuid7_floor(range.from);
  filter.last = uuid7_floor(range.to);
  filter.from = TRY(query_address(request, "from"));
  filter.to = TRY(query_address(request, "to"));
  filter.after = TRY(query_id(request, "after", "a message id", parse_message_id));
  filter.page = TRY(query_integer(request, "page", 1, kPageMax)).value_or(1);
  filter.limit = TRY(query_integer(request, "limit", 1, 100)).value_or(20);
  return filter;
}

}  // namespace

Result<Response> sms_messages(Context& context) {
  const Filter filter = TRY(parse_filter(context.request));
  const PgParam accounts = TRY(visible_accounts(context));
  const std::optional<std::string> app = visible_app(context.caller);
  const auto environment = context.caller.environment;
  PgPool& pg = context.services.pg;
  const PgRows count =
      TRY(pg.query(sql::gravity_messages_count, accounts, environment, filter.first, filter.last,
                   filter.statuses, filter.inbound, filter.from, filter.to, app, kCountMax));
  const Uuid last = filter.after ? std::min(*filter.after, filter.last) : filter.last;
  const PgRows rows = TRY(pg.query(sql::gravity_messages, accounts, environment, filter.first, last,
                                   filter.statuses, filter.inbound, filter.from, filter.to, app,
                                   filter.limit, filter.offset()));
  JsonWriter json;
  json.begin_object().key("messages").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_sms(json, rows, row);
  json.end_array()
      .member("total", count.i64(0, 0))
      .member("page", filter.page)
      .member("limit", filter.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
