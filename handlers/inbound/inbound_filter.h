// The filters of GET /inbound.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/io/pg.h"
#include "common/web/date_range.h"
#include "common/web/endpoint.h"
#include "common/web/paging.h"

namespace dundun {

struct InboundFilter {
  Paging paging;
  std::vector<Environment> environments;
  std::optional<std::string> from;  // as stored: E.164, or what the carrier calls the sender
  std::optional<std::string> to;
  std::optional<std::string> keyword;
  Uuid first;          // inclusive
  Uuid last;           // exclusive
  bool after = false;  // `last` is where to go on: no offset
};

// kValidation naming the query field.
Result<InboundFilter> parse_inbound_filter(const Request& request, const Caller& caller,
                                           Instant at);

}  // namespace dundun
