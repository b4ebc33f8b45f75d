// A CSV file of any size, which is read from the database page by page while it is sent.
#pragma once

#include <functional>
#include <string_view>

#include "common/io/pg.h"
#include "common/web/request.h"
#include "common/web/services.h"

namespace dundun {

// Gives the next lines, "" at the end; after a failure the same lines again. It runs after the
// handler's Context is gone.
using CsvPage = std::function<Result<std::string>(Pg&)>;

// A file `name`-YYYY-MM-DD.csv with `header` as its first line. With Retry-After: 429 if the
// account has as many downloads as it may, 503 if all of the process are taken. A failure after the
// first page cuts the connection.
Result<Response> csv_download(const Services& services, int64_t account_id, std::string_view name,
                              std::string_view header, CsvPage next_page);

}  // namespace dundun
