#include "common/prices/price_import.h"

#include <algorithm>
#include <map>
#include <set>

#include "sql/prices.h"
#include "sql/snapshot.h"

namespace dundun {
namespace {

using enum PgArray::Type;
using Part = WrongFigure::Part;
using InForce = std::map<std::string, std::optional<Micros>>;

constexpr Micros kOne = 1'000'000;

InForce in_force_of(const PgRows& rows) {
  constexpr auto& col = sql::prices_in_force;
  static_assert(begins_with_columns(sql::rates_in_force, col));
  InForce in_force;
  for (int row = 0; row < rows.size(); ++row) {
    in_force[std::string(rows.text(row, col.name))] =
        rows.is_null(row, col.micros) ? std::nullopt : std::optional(rows.i64(row, col.micros));
  }
  return in_force;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

struct Fault {
  Part part;
  std::string why;
};

// nullopt: nothing.
std::optional<Fault> fault_of(PriceKind kind, const Figure& figure, const InForce& in_force,
                              const ImportBounds& bounds) {
  const bool is_rate = kind == PriceKind::kRates;
  if (is_rate && !is_currency(figure.name)) {
    return Fault{Part::kName, "\"" + figure.name + "\" is no currency"};
  }
  const auto found = in_force.find(figure.name);
  // A currency may be new; a price needs its route.
  if (!is_rate && found == in_force.end()) {
    return Fault{Part::kName, "there is no route " + figure.name};
  }
  if (figure.micros <= 0) return Fault{Part::kAmount, "a number over 0 is needed"};
  if (is_rate && figure.name == "USD" && figure.micros != kOne) {
    return Fault{Part::kAmount, "a USD is one USD"};
  }
  const std::optional<Micros> before = found != in_force.end() ? found->second : std::nullopt;
  const std::optional<int> percent = bounds.change_percent_max;
  if (!before || !percent || within_percent(*before, figure.micros, *percent)) return std::nullopt;
  return Fault{Part::kAmount, figure.name + ": " + format_micros(figure.micros, 2) +
                                  " is more than " + std::to_string(*percent) + " % away from " +
                                  format_micros(*before, 2)};
}

Status check(const FigureList& list, const InForce& in_force, const ImportBounds& bounds) {
  std::set<std::string> seen;
  for (const Figure& figure : list.figures) {
    std::optional<Fault> fault = fault_of(list.kind, figure, in_force, bounds);
    if (!fault && !seen.insert(figure.name).second) {
      fault = Fault{Part::kName, figure.name + " comes again"};
    }
    if (fault) return list.error({list.kind, figure.place, fault->part, fault->why});
  }
  return Done{};
}

}  // namespace

Result<PriceImport> put_in_force(Pg& pg, const FigureList& list, const ImportBounds& bounds) {
  const bool is_prices = list.kind == PriceKind::kPrices;
  (void)TRY(pg.run(sql::lock_prices, {}));
  const PgRows known =
      TRY(pg.run(either(is_prices, sql::prices_in_force, sql::rates_in_force), {}));
  TRY(check(list, in_force_of(known), bounds));
  PgArray names(kText), values(kInt8), from(kTimestamptz);
  for (const Figure& figure : list.figures) {
    names.add(std::string_view(figure.name));
    values.add(figure.micros);
    from.add(figure.valid_from);
  }
  const Statement& statement = either(is_prices, sql::import_prices, sql::import_rates);
  const PgRows done = TRY(pg.run(statement, {names.finish(), values.finish(),
                                             PgParam::bytea(list.source_hash), from.finish()}));
  constexpr auto& col = sql::import_prices;
  static_assert(begins_with_columns(sql::import_rates, col));
  return PriceImport{static_cast<int64_t>(list.figures.size()), done.i64(0, col.made),
                     done.i64(0, col.version)};
}

bool within_percent(Micros before, Micros now, int percent) {
  const auto difference = static_cast<double>(now > before ? now - before : before - now);
  return difference * 100 <= static_cast<double>(before) * percent;
}

void announce_configuration(Pg& pg, Redis& redis) {
  auto version = pg.run(sql::config_version_now, {});
  if (!version || version->size() == 0) return;
  (void)redis.run(
      {"SET", "config:version", std::to_string(version->i64(0, sql::config_version_now.version))});
}

}  // namespace dundun
