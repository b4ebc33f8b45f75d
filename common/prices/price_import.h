// Puts a file of prices or rates into force: new versions of what differs, and config_version
// moves, in one transaction. The whole file or nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

enum class PriceKind { kPrices, kRates };

struct PriceImport {
  int64_t given = 0;
  int64_t changed = 0;  // versions made; 0: nothing moved
  int64_t config_version = 0;
};

struct ImportBounds {
  // How far a value may be from the one in force; nullopt: anything goes.
  std::optional<int> change_percent_max;
  bool dry_run = false;
};

// kInvalidRequest says which line is wrong, unknown or beyond the bounds.
Result<PriceImport> import_prices(Pg& pg, PriceKind kind, std::string_view text,
                                  const ImportBounds& bounds);

// Tells the processes to look: sets config:version to PostgreSQL's. Without Redis they ask by
// themselves, once a second.
void announce_configuration(Pg& pg, Redis& redis);

}  // namespace dundun
