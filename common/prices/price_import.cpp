#include "common/prices/price_import.h"

#include <algorithm>
#include <map>

#include "common/io/crypto.h"
#include "common/prices/price_file.h"
#include "sql/statements.h"

namespace dundun {
namespace {

using enum PgArray::Type;

// What a file brings, ready for its statement.
struct Given {
  std::vector<std::string> names;  // codes of routes, or currencies
  std::vector<Micros> values;
  std::vector<std::optional<Instant>> valid_from;
};

Result<Given> read_file(PriceKind kind, std::string_view text) {
  Given given;
  if (kind == PriceKind::kPrices) {
    for (NewPrice& price : TRY(parse_price_file(text))) {
      given.names.push_back(std::move(price.route));
      given.values.push_back(price.price_micros);
      given.valid_from.push_back(price.valid_from);
    }
    return given;
  }
  for (NewRate& rate : TRY(parse_rate_file(text))) {
    given.names.push_back(std::move(rate.currency));
    given.values.push_back(rate.per_usd_micros);
    given.valid_from.emplace_back();
  }
  return given;
}

using InForce = std::map<std::string, std::optional<Micros>>;

InForce in_force_of(const PgRows& rows) {
  InForce in_force;
  for (int row = 0; row < rows.size(); ++row) {
    in_force[std::string(rows.text(row, 0))] =
        rows.is_null(row, 1) ? std::nullopt : std::optional(rows.i64(row, 1));
  }
  return in_force;
}

Status check(PriceKind kind, const Given& given, const InForce& in_force,
             const ImportBounds& bounds) {
  for (size_t i = 0; i < given.names.size(); ++i) {
    const auto found = in_force.find(given.names[i]);
    if (found == in_force.end()) {
      // A currency may be new; a price needs its route.
      if (kind == PriceKind::kRates) continue;
      return fail(ErrorCode::kInvalidRequest, "there is no route " + given.names[i]);
    }
    const std::optional<Micros>& before = found->second;
    if (!before || !bounds.change_percent_max) continue;
    if (within_percent(*before, given.values[i], *bounds.change_percent_max)) continue;
    return fail(ErrorCode::kInvalidRequest,
                given.names[i] + ": " + format_micros(given.values[i], 2) + " is more than " +
                    std::to_string(*bounds.change_percent_max) + " % away from " +
                    format_micros(*before, 2));
  }
  return Done{};
}

Pg::Call import_call(PriceKind kind, const Given& given, const std::string& hash) {
  PgArray names(kText), values(kInt8), from(kTimestamptz);
  for (size_t i = 0; i < given.names.size(); ++i) {
    names.add(std::string_view(given.names[i]));
    values.add(given.values[i]);
    from.add(given.valid_from[i]);
  }
  if (kind == PriceKind::kRates) {
    return {&sql::import_rates, {names.finish(), values.finish(), PgParam::bytea(hash)}};
  }
  return {&sql::import_prices,
          {names.finish(), values.finish(), PgParam::bytea(hash), from.finish()}};
}

Result<PriceImport> import_locked(Pg& pg, PriceKind kind, const Given& given,
                                  const std::string& hash, const ImportBounds& bounds) {
  const Statement& in_force =
      kind == PriceKind::kPrices ? sql::prices_in_force : sql::rates_in_force;
  const Pg::Call first[] = {{&kPgBegin, {}}, {&sql::lock_prices, {}}, {&in_force, {}}};
  const std::vector<PgRows> known = TRY(pg.run_pipeline(first));
  TRY(check(kind, given, in_force_of(known[2]), bounds));
  const Pg::Call second[] = {import_call(kind, given, hash),
                             {bounds.dry_run ? &kPgRollback : &kPgCommit, {}}};
  const std::vector<PgRows> done = TRY(pg.run_pipeline(second));
  return PriceImport{static_cast<int64_t>(given.names.size()), done[0].i64(0, 0),
                     done[0].i64(0, 1)};
}

}  // namespace

Result<PriceImport> import_prices(Pg& pg, PriceKind kind, std::string_view text,
                                  const ImportBounds& bounds) {
  const Given given = TRY(read_file(kind, text));
  Result<PriceImport> done = import_locked(pg, kind, given, sha256(text), bounds);
  if (!done) pg.rollback();
  return done;
}

void announce_configuration(Pg& pg, Redis& redis) {
  auto version = pg.run(sql::config_version_now, {});
  if (!version || version->size() == 0) return;
  (void)redis.run({"SET", "config:version", std::to_string(version->i64(0, 0))});
}

}  // namespace dundun
