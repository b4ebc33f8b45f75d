#include "handlers/inbound/inbound_filter.h"

#include <algorithm>

#include "common/sms/opt_out.h"

namespace dundun {
namespace {

constexpr size_t kKeywordBytesMax = 40;

}  // namespace

Result<InboundFilter> parse_inbound_filter(const Request& request, const Caller& caller,
                                           Instant at) {
  InboundFilter filter;
  filter.paging = TRY(parse_paging(request));
  filter.environments = TRY(query_environments(request, caller));
  filter.from = TRY(query_address(request, "from"));
  filter.to = TRY(query_address(request, "to"));
  if (const auto keyword = request.query_value("keyword"); keyword && !keyword->empty()) {
    filter.keyword = fold_words(keyword->substr(0, kKeywordBytesMax));
  }
  const DateRange range = TRY(parse_date_range(request, at));
  filter.first = uuid7_floor(range.from);
  filter.last = uuid7_floor(range.to);
  const std::optional<Uuid> after =
      TRY(query_id(request, "after", "an inbound id", parse_inbound_id));
  if (after) filter.last = std::min(filter.last, *after);
  filter.after = after.has_value();
  return filter;
}

}  // namespace dundun
