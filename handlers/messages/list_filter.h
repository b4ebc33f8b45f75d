// The filters of GET /messages (api.md 2.2 and decision 6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/io/pg.h"
#include "common/sms/status.h"
#include "common/web/paging.h"
#include "common/web/route.h"

namespace dundun {

struct ListFilter {
  Paging paging;
  std::vector<Environment> environments;
  std::optional<MessageStatus> status;
  bool nothing = false;  // a status that only batches have
  std::optional<std::string> phone;
  std::optional<Uuid> batch;
  Instant from{};  // inclusive
  Instant to;      // exclusive
  bool has_dates = false;
  std::optional<Uuid> after;  // only what is older than this message
};

Result<ListFilter> parse_list_filter(const Request& request, const Caller& caller);

// $1 … $7 of messages_page and messages_count.
std::vector<PgParam> filter_params(const ListFilter& filter, const Caller& caller);
PgParam environments_param(const ListFilter& filter);

}  // namespace dundun
