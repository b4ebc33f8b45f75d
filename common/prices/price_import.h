// Puts prices or rates into force, all of them or none: adds versions of those that differ, and
// moves config_version.
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

// What is wrong with a figure. Its source makes the error text of it.
struct WrongFigure {
  PriceKind kind;
  size_t place;
  enum class Part { kName, kAmount, kValidFrom } part;
  std::string why;
};
using WrongFigureError = Error (*)(const WrongFigure& wrong);

struct PriceImport {
  int64_t given = 0;
  int64_t changed = 0;  // versions added; 0: config_version did not move
  int64_t config_version = 0;
};

struct ImportBounds {
  // How far a value may be from the one in force; nullopt: no limit.
  std::optional<int> change_percent_max;
  bool dry_run = false;
};

struct FigureList {
  PriceKind kind;
  std::vector<Figure> figures;
  std::string source_hash;  // SHA-256 of what they were read from
  WrongFigureError error;
};

// Works in the transaction that is open on `pg`. The caller commits it; after an error or a dry run
// the caller rolls it back.
Result<PriceImport> put_in_force(Pg& pg, const FigureList& list, const ImportBounds& bounds);

// Whether `now` is within `percent` of `before`. This catches a lost decimal point.
bool within_percent(Micros before, Micros now, int percent);

// Tells all processes to load the configuration: sets config:version in Redis to PostgreSQL's.
// Without Redis they find out by themselves within a second.
void announce_configuration(Pg& pg, Redis& redis);

}  // namespace dundun
