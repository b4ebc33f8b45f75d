// One SQL statement of sql/statements: its constants are generated into build/<mode>/gen/sql.
#pragma once

namespace dundun {

struct Statement {
  const char* name;
  const char* text;
  int params;  // highest $n
};

}  // namespace dundun
