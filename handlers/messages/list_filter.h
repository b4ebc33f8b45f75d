// The filters of GET /messages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/io/pg.h"
#include "common/sms/status.h"
#include "common/web/endpoint.h"
#include "common/web/paging.h"

namespace dundun {

struct ListFilter {
  Paging paging;
  std::vector<Environment> environments;
  std::optional<MessageStatus> status;
  // Only those `failed` ones whose receipt had one of these words; with kExpired, those too.
  std::vector<std::string_view> words{};
  bool nothing = false;              // a status that only batches have
  std::optional<std::string> phone;  // E.164
  std::optional<Uuid> batch;
  Instant from{};             // inclusive
  Instant to;                 // exclusive
  std::optional<Uuid> after;  // only what is older than this message
};

// `at` is now, for the end of a list without date_to (common/web/date_range.h).
Result<ListFilter> parse_list_filter(const Request& request, const Caller& caller, Instant at);

}  // namespace dundun
