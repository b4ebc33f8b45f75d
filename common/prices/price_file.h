// Files of prices and exchange rates, from an operator or a feed: CSV with a header line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/prices/price_import.h"

namespace dundun {

inline constexpr size_t kPriceFileBytesMax = 1 << 20;

// Reads columns route and price_per_segment, or currency and per_usd, and optionally valid_from
// (RFC 3339), in any order. Lines that begin with # are ignored. One wrong line refuses the whole
// file: kInvalidRequest names the line.
Result<std::vector<Figure>> parse_price_file(PriceKind kind, std::string_view text);

// The error "line 3: …" of such a file, for put_in_force().
Error wrong_line(const WrongFigure& wrong);

// Puts a file into force, in its own transaction.
Result<PriceImport> import_price_file(Pg& pg, PriceKind kind, std::string_view text,
                                      const ImportBounds& bounds);

}  // namespace dundun
