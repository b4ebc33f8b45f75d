// `page` (from 0) and `limit` of the lists.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/identity/caller.h"
#include "common/io/pg.h"
#include "common/sms/environment.h"
#include "common/web/request.h"

namespace dundun {

struct Paging {
  int64_t page = 0;
  int64_t limit = 20;
  int64_t offset() const { return page * limit; }
};

// page 0 to 1,000,000, limit 1 to 100; kValidation names the query field.
Result<Paging> parse_paging(const Request& request, int64_t limit_default = 20);

// A whole number in a query field; nullopt inside: absent.
Result<std::optional<int64_t>> query_integer(const Request& request, const char* field,
                                             int64_t least, int64_t most);

// An id in a query field, as `parse` reads it; nullopt inside: absent. `what` names it in the
// error: "a batch id".
Result<std::optional<Uuid>> query_id(const Request& request, const char* field, const char* what,
                                     std::optional<Uuid> (*parse)(std::string_view));

// The query field `environment`: live, test or all; the caller's own if it is absent.
// kInsufficientScope for what the caller may not see.
Result<std::vector<Environment>> query_environments(const Request& request, const Caller& caller);

// For "environment = any ($n::smallint[])".
PgParam environments_param(const std::vector<Environment>& environments);

// A sender or recipient to look for, in the form in which it is kept: a number is read as
// everywhere (its plus may have arrived as a blank), anything else stays as it is.
Result<std::optional<std::string>> query_address(const Request& request, const char* field);

// A positive id in a path; nullopt for anything else.
std::optional<int64_t> parse_id(std::string_view text);

// A kValidation error whose loc says "query".
Error invalid_query(std::string_view field, std::string_view message,
                    std::string_view type = "value_error");

}  // namespace dundun
