#include "common/prices/price_file.h"

#include <algorithm>
#include <set>

#include "common/io/csv.h"

namespace dundun {
namespace {

using Row = std::vector<std::string>;

// The lines of a file under the columns that were asked for, the required ones first.
struct Table {
  std::vector<Row> rows;
  std::vector<std::optional<size_t>> places;

  std::string_view field(size_t row, size_t column) const {
    const std::optional<size_t>& place = places[column];
    return place && *place < rows[row].size() ? std::string_view(rows[row][*place]) : "";
  }
};

Error wrong(size_t row, const std::string& what) {
  // Lines count from 1, and the first is the header.
  return fail(ErrorCode::kInvalidRequest, "line " + std::to_string(row + 2) + ": " + what);
}

Result<Table> read_table(std::string_view text, const std::vector<std::string>& columns,
                         size_t required) {
  if (text.size() > kPriceFileBytesMax) {
    return fail(ErrorCode::kInvalidRequest, "the file is larger than 1 MB");
  }
  Table table;
  CsvReader reader(csv_separator(text), [&table](Row& row) {
    table.rows.push_back(row);
    return true;
  });
  if (!reader.feed(text) || !reader.finish() || table.rows.size() < 2) {
    return fail(ErrorCode::kInvalidRequest, "the file has no lines under a header");
  }
  const Row header = table.rows.front();
  table.rows.erase(table.rows.begin());
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(header, column);
    table.places.emplace_back();
    if (found != header.end()) table.places.back() = static_cast<size_t>(found - header.begin());
  }
  for (size_t i = 0; i < required; ++i) {
    if (!table.places[i]) {
      return fail(ErrorCode::kInvalidRequest, "there is no column " + columns[i]);
    }
  }
  return table;
}

Result<Micros> positive_amount(const Table& table, size_t row, size_t column) {
  const auto amount = parse_micros(table.field(row, column));
  if (!amount || *amount <= 0) {
    return wrong(row, "\"" + std::string(table.field(row, column)) +
                          "\" is no positive number with at most 6 decimals");
  }
  return *amount;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

Result<std::vector<NewPrice>> parse_price_file(std::string_view text) {
  const Table table = TRY(read_table(text, {"route", "price_per_segment", "valid_from"}, 2));
  std::vector<NewPrice> prices;
  std::set<std::string> seen;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    NewPrice price{std::string(table.field(row, 0)), TRY(positive_amount(table, row, 1)), {}};
    const std::string_view from = table.field(row, 2);
    if (!from.empty()) price.valid_from = parse_rfc3339(from);
    if (!from.empty() && !price.valid_from) {
      return wrong(row, "valid_from is no RFC 3339 time, such as 2026-06-01T00:00:00Z");
    }
    if (!seen.insert(price.route).second)
      return wrong(row, "route " + price.route + " comes again");
    prices.push_back(std::move(price));
  }
  return prices;
}

Result<std::vector<NewRate>> parse_rate_file(std::string_view text) {
  constexpr Micros kOne = 1'000'000;
  const Table table = TRY(read_table(text, {"currency", "per_usd"}, 2));
  std::vector<NewRate> rates;
  std::set<std::string> seen;
  for (size_t row = 0; row < table.rows.size(); ++row) {
    NewRate rate{std::string(table.field(row, 0)), TRY(positive_amount(table, row, 1))};
    if (!is_currency(rate.currency)) return wrong(row, "\"" + rate.currency + "\" is no currency");
    if (rate.currency == "USD" && rate.per_usd_micros != kOne) {
      return wrong(row, "a USD is one USD");
    }
    if (!seen.insert(rate.currency).second) return wrong(row, rate.currency + " comes again");
    rates.push_back(std::move(rate));
  }
  return rates;
}

bool within_percent(Micros before, Micros now, int percent) {
  const auto difference = static_cast<double>(now > before ? now - before : before - now);
  return difference * 100 <= static_cast<double>(before) * percent;
}

}  // namespace dundun
