// GET /webhooks/deliveries (ours): what became of the calls, newest first.
#include "common/io/pg.h"
#include "common/web/date_range.h"
#include "common/web/paging.h"
#include "common/webhooks/replay.h"
#include "handlers/webhooks/delivery_json.h"
#include "handlers/webhooks/endpoints.h"
#include "sql/webhooks.h"

namespace dundun {
namespace {

constexpr int16_t kPending = 1;
constexpr int16_t kDead = 3;

struct DeliveryFilter {
  Paging paging;
  DateRange range;
  std::optional<int16_t> state;
  std::optional<std::string> event;
  std::optional<Uuid> message;
  std::optional<Uuid> after;
};

// Of a message that went out or came in.
std::optional<Uuid> parse_either_id(std::string_view text) {
  return text.starts_with("mo_") ? parse_inbound_id(text) : parse_message_id(text);
}

Result<DeliveryFilter> parse_filter(const Request& request) {
  DeliveryFilter filter;
  filter.paging = TRY(parse_paging(request));
  filter.range = TRY(parse_date_range(request, now()));
  filter.message = TRY(query_id(request, "message_id", "a message id", parse_either_id));
  filter.after = TRY(query_id(request, "after", "a delivery id", parse_delivery_id));
  const std::string_view state = request.query_value("status").value_or("");
  filter.state = parse_delivery_state(state);
  if (!state.empty() && !filter.state) {
    return invalid_query("status", "one of pending, delivered, dead");
  }
  const std::string_view event = request.query_value("event").value_or("");
  if (!event.empty()) filter.event = std::string(event);
  return filter;
}

const Statement& statement_for(const DeliveryFilter& filter) {
  if (filter.message) return sql::webhook_deliveries_page_of_message;
  if (filter.state == kPending) return sql::webhook_deliveries_page_of_pending;
  if (filter.state == kDead) return sql::webhook_deliveries_page_of_dead;
  return sql::webhook_deliveries_page;
}

// One more than the page holds: that tells whether there is another.
std::vector<PgParam> params_of(const DeliveryFilter& filter, int64_t account_id) {
  Uuid to = uuid7_floor(filter.range.to);
  if (filter.after && *filter.after < to) to = *filter.after;
  std::vector<PgParam> params{PgParam(account_id),
                              PgParam(uuid7_floor(filter.range.from)),
                              PgParam(to),
                              PgParam(filter.state),
                              PgParam(filter.event),
                              PgParam(filter.paging.limit + 1),
                              PgParam(filter.after ? int64_t{0} : filter.paging.offset())};
  if (filter.message) params.emplace_back(*filter.message);
  return params;
}

}  // namespace

Result<Response> list_deliveries(Context& context) {
  const DeliveryFilter filter = TRY(parse_filter(context.request));
  const std::vector<PgParam> params = params_of(filter, context.caller.account_id);
  const Statement& statement = statement_for(filter);
  const PgRows rows = TRY(context.services.pg.run(statement, params));
  const int shown = std::min(rows.size(), static_cast<int>(filter.paging.limit));
  JsonWriter json;
  json.begin_object().key("deliveries").begin_array();
  for (int row = 0; row < shown; ++row) {
    json.begin_object();
    write_delivery(json, rows, row);
    json.end_object();
  }
  json.end_array()
      .member("page", filter.paging.page)
      .member("limit", filter.paging.limit)
      .member("has_more", rows.size() > shown)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
