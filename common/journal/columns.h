// The arrays of one unnest statement, filled row by row.
#pragma once

#include <span>
#include <vector>

#include "common/io/pg.h"

namespace dundun {

class Columns {
 public:
  Columns(const Statement& statement, std::span<const PgArray::Type> types);

  template <class... Values>
  void row(const Values&... values) {
    size_t column = 0;
    (arrays_[column++].add(values), ...);
  }
  PgArray& column(size_t index) { return arrays_[index]; }
  Pg::Call call() const;

 private:
  const Statement* statement_;
  std::vector<PgArray> arrays_;
};

}  // namespace dundun
