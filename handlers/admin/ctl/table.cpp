#include "handlers/admin/ctl/table.h"

#include <algorithm>
#include <vector>

#include "common/io/json.h"

namespace dundun {
namespace {

std::string cell_of(const JsonValue& value);

std::string join(const JsonValue& list) {
  std::string text;
  for (const JsonValue& item : list.items()) {
    text.append(text.empty() ? "" : ",").append(cell_of(item));
  }
  return text;
}

std::string cell_of(const JsonValue& value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_bool()) return value.boolean() ? "yes" : "no";
  if (value.is_integer()) return std::to_string(value.integer());
  if (value.is_array()) return join(value);
  if (value.is_number()) {
    const std::optional<Micros> money = value.money();
    return money ? format_micros(*money, 2) : "?";
  }
  if (!value.is_object()) return "-";
  std::string text;
  for (const auto& [name, member] : value.members()) {
    text.append(text.empty() ? "" : " ").append(name).append("=").append(cell_of(member));
  }
  return text;
}

using Row = std::vector<std::string>;

std::string aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

std::string list_table(const std::vector<JsonValue>& items) {
  if (items.empty()) return "none\n";
  std::vector<Row> rows(1);
  for (const auto& [name, value] : items.front().members()) rows[0].push_back(name);
  for (const JsonValue& item : items) {
    Row row;
    for (const std::string& name : rows[0]) {
      const auto value = item.find(name);
      row.push_back(value ? cell_of(*value) : "-");
    }
    rows.push_back(std::move(row));
  }
  return aligned(rows);
}

}  // namespace

std::string as_table(std::string_view json) {
  auto document = JsonDocument::parse(json);
  if (!document || !document->root().is_object()) return std::string(json);
  std::vector<Row> lines;
  for (const auto& [name, value] : document->root().members()) {
    const bool is_table =
        value.is_array() &&
        std::ranges::all_of(value.items(), [](const JsonValue& item) { return item.is_object(); });
    if (is_table && lines.empty()) return list_table(value.items());
    lines.push_back({name, cell_of(value)});
  }
  return aligned(lines);
}

}  // namespace dundun
