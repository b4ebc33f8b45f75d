#include "common/web/date_range.h"

#include <algorithm>
#include <string>

#include "common/web/paging.h"

namespace dundun {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// RFC 3339, or a bare date: its midnight in UTC.
std::optional<Instant> parse_moment(std::string_view text) {
  if (text.size() == 10) return parse_rfc3339(std::string(text) + "T00:00:00Z");
  return parse_rfc3339(text);
}

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
  if (auto text = request.query_value(from_field); text && !text->empty()) {
    const std::optional<Instant> at = parse_moment(*text);
    if (!at) return no_moment(from_field, *text);
    range.from = not_before_ids(*at);
  }
  if (auto text = request.query_value(to_field); text && !text->empty()) {
    const std::optional<Instant> at = parse_moment(*text);
    if (!at) return no_moment(to_field, *text);
    range.to = not_before_ids(text->size() == 10 ? *at + days(1) : *at + milliseconds(1));
  }
  return range;
}

}  // namespace dundun
