// One SQL statement of sql/statements: its constants are generated into build/<mode>/gen/sql. The
// constant of a statement that gives rows is of a type of its own, which knows the place of each
// column by its name: `rows.text(0, sql::user_by_id.email)`.
#pragma once

#include <string_view>

namespace dundun {

struct Statement {
  const char* name;
  const char* text;
  int params;                // highest $n
  const char* columns = "";  // their names with ", " between them; a single one may have none
};

// Whether the rows begin with all columns of the other: who reads that one's rows may read these.
constexpr bool begins_with_columns(const Statement& rows, const Statement& of) {
  return std::string_view(rows.columns).starts_with(of.columns);
}

// Each statement is of a type of its own: "?:" knows nothing that both are.
constexpr const Statement& either(bool first, const Statement& a, const Statement& b) {
  return first ? a : b;
}

}  // namespace dundun
