#include "common/prices/price_file.h"

#include <algorithm>

#include "common/io/crypto.h"
#include "common/io/csv.h"

namespace dundun {
namespace {

using Row = std::vector<std::string>;
using Part = WrongFigure::Part;

// The lines of a file under the columns that were asked for, the required ones first.
struct Table {
  struct Line {
    size_t number;  // from 1, the header's
    Row fields;
  };
  std::vector<Line> lines;
  std::vector<std::optional<size_t>> places;

  std::string_view field(const Line& line, size_t column) const {
    const std::optional<size_t>& place = places[column];
    return place && *place < line.fields.size() ? std::string_view(line.fields[*place]) : "";
  }
};

Result<Table> read_table(std::string_view text, const std::vector<std::string>& columns,
                         size_t required) {
  if (text.size() > kPriceFileBytesMax) {
    return fail(ErrorCode::kInvalidRequest, "the file is larger than 1 MB");
  }
  Table table;
  size_t number = 0;
  CsvReader reader(csv_separator(text), [&table, &number](Row& row) {
    ++number;
    const bool is_comment = !row.empty() && row.front().starts_with('#');
    if (!is_comment) table.lines.push_back({number, row});
    return true;
  });
  const bool whole = reader.feed(text) && reader.finish();
  if (const std::optional<Error> fault = reader.fault()) {
    return fail(ErrorCode::kInvalidRequest, fault->message);
  }
  if (!whole || table.lines.size() < 2) {
    return fail(ErrorCode::kInvalidRequest, "the file has no lines under a header");
  }
  const Row header = table.lines.front().fields;
  table.lines.erase(table.lines.begin());
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

}  // namespace

Error wrong_line(const WrongFigure& wrong) {
  return fail(ErrorCode::kInvalidRequest, "line " + std::to_string(wrong.place) + ": " + wrong.why);
}

Result<std::vector<Figure>> parse_price_file(PriceKind kind, std::string_view text) {
  const std::vector<std::string> columns =
      kind == PriceKind::kPrices
          ? std::vector<std::string>{"route", "price_per_segment", "valid_from"}
          : std::vector<std::string>{"currency", "per_usd", "valid_from"};
  const Table table = TRY(read_table(text, columns, 2));
  std::vector<Figure> figures;
  for (const Table::Line& line : table.lines) {
    const std::string_view amount = table.field(line, 1);
    const Result<Micros> micros = parse_micros(amount);
    if (!micros) {
      const std::string why =
          "\"" + std::string(amount) + "\" is no number with at most 6 decimals";
      return wrong_line({kind, line.number, Part::kAmount, why});
    }
    const std::string_view from = table.field(line, 2);
    Figure figure{std::string(table.field(line, 0)), *micros, {}, line.number};
    if (!from.empty()) figure.valid_from = parse_rfc3339(from);
    if (!from.empty() && !figure.valid_from) {
      return wrong_line({kind, line.number, Part::kValidFrom,
                         "valid_from is no RFC 3339 time, such as 2026-06-01T00:00:00Z"});
    }
    figures.push_back(std::move(figure));
  }
  return figures;
}

Result<PriceImport> import_price_file(Pg& pg, PriceKind kind, std::string_view text,
                                      const ImportBounds& bounds) {
  const FigureList list{kind, TRY(parse_price_file(kind, text)), sha256(text), wrong_line};
  (void)TRY(pg.run(kPgBegin, {}));
  Result<PriceImport> done = put_in_force(pg, list, bounds);
  if (!done || bounds.dry_run) {
    pg.rollback();
    return done;
  }
  Result<PgRows> committed = pg.run(kPgCommit, {});
  if (!committed) return std::move(committed).error();
  return done;
}

}  // namespace dundun
