// Files of prices and exchange rates, as an operator or a feed brings them: CSV with a header line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/prices/price_import.h"

namespace dundun {

inline constexpr size_t kPriceFileBytesMax = 1 << 20;

// Columns route and price_per_segment, or currency and per_usd, and perhaps valid_from (RFC 3339),
// in any order; lines that begin with # are left out. The whole file or nothing: kInvalidRequest
// names the line that is wrong.
Result<std::vector<Figure>> parse_price_file(PriceKind kind, std::string_view text);

// "line 3: …" of such a file, for put_in_force.
Error wrong_line(const WrongFigure& wrong);

// Puts a file into force, in a transaction of its own.
Result<PriceImport> import_price_file(Pg& pg, PriceKind kind, std::string_view text,
                                      const ImportBounds& bounds);

}  // namespace dundun
