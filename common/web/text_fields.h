// Fields of requests that several handlers share.
#pragma once

#include <string>
#include <vector>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sending/snapshot.h"

namespace dundun {

// A text of 1 to `bytes_max` bytes without control characters. Blanks at its ends are removed.
Result<std::string> bounded_text(const char* field, std::string text, size_t bytes_max);

// Codes of countries that have a route, in upper case, each once. kValidation names `field`.
Result<std::vector<std::string>> country_codes(const JsonObject& object, const char* field,
                                               const Snapshot& snapshot);

// Up to 50 addresses or networks ("192.0.2.7", "2001:db8::/32"); empty when absent. kValidation
// names `field`.
Result<std::vector<std::string>> network_list(const JsonObject& object, const char* field);

PgParam text_array(const std::vector<std::string>& texts);

}  // namespace dundun
