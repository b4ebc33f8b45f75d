// Puts prices or rates into force: new versions of what differs, and config_version moves. All of
// them or none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/money.h"
#include "common/base/time.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

enum class PriceKind { kPrices, kRates };

struct Figure {
  std::string name;                   // a route's code, or a currency
  Micros micros = 0;                  // of a segment in the route's currency; for a USD
  std::optional<Instant> valid_from;  // none: now
  size_t place = 0;                   // its line or row, as its source counts
};

// What is wrong with a figure, for its source to put into its own words.
struct WrongFigure {
  PriceKind kind;
  size_t place;
  enum class Part { kName, kAmount, kValidFrom } part;
  std::string why;
};
using WrongFigureError = Error (*)(const WrongFigure& wrong);

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

struct FigureList {
  PriceKind kind;
  std::vector<Figure> figures;
  std::string source_hash;  // SHA-256 of what they were read from
  WrongFigureError error;
};

// In the transaction that is open on `pg`; the caller ends it, and after an error or a dry run
// rolls it back.
Result<PriceImport> put_in_force(Pg& pg, const FigureList& list, const ImportBounds& bounds);

// Whether `now` lies within `percent` of `before`; so a lost decimal point is not taken for a
// price.
bool within_percent(Micros before, Micros now, int percent);

// Tells the processes to look: sets config:version to PostgreSQL's. Without Redis they ask by
// themselves, once a second.
void announce_configuration(Pg& pg, Redis& redis);

}  // namespace dundun
