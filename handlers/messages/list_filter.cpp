#include "handlers/messages/list_filter.h"

namespace dundun {
namespace {

using std::chrono::days;

// RFC 3339, or a bare date: its midnight in UTC.
std::optional<Instant> parse_moment(std::string_view text) {
  if (text.size() == 10) return parse_rfc3339(std::string(text) + "T00:00:00Z");
  return parse_rfc3339(text);
}

Status parse_dates(const Request& request, ListFilter& filter) {
  filter.to = now() + days(1);
  if (auto text = request.query_value("date_from"); text && !text->empty()) {
    const std::optional<Instant> at = parse_moment(*text);
    if (!at) return invalid_query("date_from", "not an ISO 8601 date or time");
    filter.from = *at;
    filter.has_dates = true;
  }
  if (auto text = request.query_value("date_to"); text && !text->empty()) {
    const std::optional<Instant> at = parse_moment(*text);
    if (!at) return invalid_query("date_to", "not an ISO 8601 date or time");
    // Inclusive: a date means its whole day, a time its whole millisecond.
    filter.to = text->size() == 10 ? *at + days(1) : *at + std::chrono::milliseconds(1);
    filter.has_dates = true;
  }
  return Done{};
}

Status parse_status_filter(const Request& request, ListFilter& filter) {
  const auto text = request.query_value("status");
  if (!text || text->empty()) return Done{};
  filter.status = parse_status(*text);
  filter.nothing = *text == "dripping" || *text == "sending";
  if (!filter.status && !filter.nothing) return invalid_query("status", "unknown status");
  return Done{};
}

Status parse_environment(const Request& request, const Caller& caller, ListFilter& filter) {
  const std::string_view text = request.query_value("environment").value_or("");
  if (text.empty()) {
    filter.environments = {caller.environment};
  } else if (text == "live") {
    filter.environments = {Environment::kLive};
  } else if (text == "test") {
    filter.environments = {Environment::kTest};
  } else if (text == "all") {
    filter.environments = {Environment::kLive, Environment::kTest};
  } else {
    return invalid_query("environment", "must be live, test or all");
  }
  return Done{};
}

std::optional<Uuid> parse_batch_id(std::string_view text) {
  if (text.starts_with("batch-")) text.remove_prefix(6);
  return parse_uuid(text);
}

}  // namespace

Result<ListFilter> parse_list_filter(const Request& request, const Caller& caller) {
  ListFilter filter;
  filter.paging = TRY(parse_paging(request));
  TRY(parse_environment(request, caller, filter));
  TRY(parse_status_filter(request, filter));
  TRY(parse_dates(request, filter));
  if (auto phone = request.query_value("to"); phone && !phone->empty()) filter.phone = *phone;
  if (auto batch = request.query_value("batch_id"); batch && !batch->empty()) {
    filter.batch = parse_batch_id(*batch);
    if (!filter.batch) return invalid_query("batch_id", "not a batch id");
  }
  if (auto after = request.query_value("after"); after && !after->empty()) {
    filter.after = parse_message_id(*after);
    if (!filter.after) return invalid_query("after", "not a message id");
  }
  return filter;
}

PgParam environments_param(const ListFilter& filter) {
  PgArray environments(PgArray::Type::kInt2);
  for (Environment environment : filter.environments) {
    environments.add(static_cast<int16_t>(environment));
  }
  return environments.finish();
}

std::vector<PgParam> filter_params(const ListFilter& filter, const Caller& caller) {
  const Uuid from = uuid7_floor(filter.from);
  const Uuid to = uuid7_floor(filter.to);
  PgParam statuses(nullptr);
  if (filter.status) {
    PgArray array(PgArray::Type::kInt2);
    array.add(static_cast<int16_t>(*filter.status));
    statuses = array.finish();
  }
  return {PgParam(caller.account_id), environments_param(filter), PgParam(from),
          PgParam(filter.after && *filter.after < to ? *filter.after : to), statuses,
          PgParam(filter.phone), PgParam(filter.batch)};
}

}  // namespace dundun
