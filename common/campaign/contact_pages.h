// A list's contacts, page by page in the order of their ids.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/io/pg.h"
#include "common/sms/template.h"

namespace dundun {

struct Contact {
  int64_t contact_id = 0;
  std::string_view phone;  // E.164; these views live as long as their page of rows
  std::string_view country;
  std::string_view name;
  std::vector<std::string> values;  // of the list's data columns
};

// Runs a statement on some connection.
using Query = std::function<Result<PgRows>(const Statement&, std::span<const PgParam>)>;

// The headers of a list, from a row with `columns`, `phone_column` and `name_column` of it.
template <class Columns>
ListHeaders headers_of(const PgRows& rows, int row, const Columns& col) {
  const auto place = [&rows, row](int column) {
    return rows.is_null(row, column) ? std::nullopt : std::optional(rows.i16(row, column));
  };
  return list_headers(rows.text_array(row, col.columns), place(col.phone_column),
                      place(col.name_column));
}

// Contacts after `after`, at most `limit`. Names and values are read only when the text has
// variables.
Result<PgRows> read_contacts(const Query& query, int64_t account_id, int64_t list_id, int64_t after,
                             int64_t limit, const Template& text);
Contact contact_of(const PgRows& rows, int row, const Template& text);

// Reads and sets the bit of a contact in a plan's `skipped`.
bool is_skipped(std::string_view bits, int64_t contact_id);
void skip(std::string& bits, int64_t contact_id);

}  // namespace dundun
