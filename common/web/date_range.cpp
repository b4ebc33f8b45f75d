#include "common/web/date_range.h"

#include <algorithm>
#include <string>

#include "common/web/paging.h"

namespace dundun {
namespace {

using std::chrono::days;

Error no_moment(const char* field, std::string_view text) {
  return invalid_query(field, has_lost_plus(text)
                                  ? "not an ISO 8601 date or time: its + came as a space; write %2B"
                                  : "not an ISO 8601 date or time");
}

// Ids carry no time before 1970.
Instant not_before_ids(Instant at) { return std::max(at, Instant{}); }

}  // namespace

Result<DateRange> parse_date_range(const Request& request, Instant at_request,
                                   const char* from_field, const char* to_field) {
  DateRange range{Instant{}, std::chrono::ceil<days>(at_request + days(1))};
  std::optional<WrittenTime> first, last;
  if (auto text = request.query_value(from_field); text && !text->empty()) {
    first = parse_written_time(*text);
    if (!first) return no_moment(from_field, *text);
    range.from = not_before_ids(first->at);
  }
  if (auto text = request.query_value(to_field); text && !text->empty()) {
    last = parse_written_time(*text);
    if (!last) return no_moment(to_field, *text);
    range.to = not_before_ids(last->end);
  }
  if (first && last && first->at >= last->end) {
    return invalid_query(from_field, "is after " + std::string(to_field));
  }
  return range;
}

}  // namespace dundun
