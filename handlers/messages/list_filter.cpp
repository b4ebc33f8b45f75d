#include "handlers/messages/list_filter.h"

#include "common/sms/dlr.h"
#include "common/sms/msisdn.h"
#include "common/web/date_range.h"

namespace dundun {
namespace {

Status parse_status_filter(const Request& request, ListFilter& filter) {
  const auto text = request.query_value("status");
  if (!text || text->empty()) return Done{};
  filter.status = parse_status(*text);
  filter.words = words_of_outcome(*text);
  if (!filter.status && !filter.words.empty()) filter.status = MessageStatus::kFailed;
  filter.nothing = *text == "dripping" || *text == "sending";
  if (!filter.status && !filter.nothing) {
    return invalid_query("status",
                         "unknown status: choose scheduled, queued, submitted, sent, delivered, "
                         "failed, retrying, cancelled, expired, undelivered, rejected or unknown");
  }
  return Done{};
}

Status parse_ids(const Request& request, ListFilter& filter) {
  if (auto phone = request.query_value("to"); phone && !phone->empty()) {
    filter.phone = number_to_find(*phone);
    if (!filter.phone) return invalid_query("to", "not a phone number");
  }
  filter.batch = TRY(query_id(request, "batch_id", "a batch id", parse_batch_id));
  filter.after = TRY(query_id(request, "after", "a message id", parse_message_id));
  return Done{};
}

}  // namespace

Result<ListFilter> parse_list_filter(const Request& request, const Caller& caller, Instant at) {
  ListFilter filter;
  filter.paging = TRY(parse_paging(request));
  filter.environments = TRY(query_environments(request, caller));
  TRY(parse_status_filter(request, filter));
  const DateRange range = TRY(parse_date_range(request, at));
  filter.from = range.from;
  filter.to = range.to;
  TRY(parse_ids(request, filter));
  return filter;
}

}  // namespace dundun
