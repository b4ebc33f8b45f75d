// A CSV file of any size, read page by page while it is sent.
#pragma once

#include <functional>
#include <string_view>

#include "common/io/pg.h"
#include "common/web/app.h"
#include "common/web/request.h"

namespace dundun {

// The next lines, "" at the end; after a failure the same again. Runs after the handler's Context
// is gone.
using CsvPage = std::function<Result<std::string>(Pg&)>;

// `name`-YYYY-MM-DD.csv with this first line. 503 with Retry-After when the process has no
// download to spare; a failure after the first page cuts the connection.
Result<Response> csv_download(const App& app, std::string_view name, std::string_view header,
                              CsvPage next_page);

}  // namespace dundun
