// The arrays of one unnest statement, filled row by row.
#pragma once

#include <optional>
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
    (add(column++, values), ...);
  }
  PgArray& column(size_t index) {
    has_value_[index] = true;
    return arrays_[index];
  }
  // A column of nulls goes as null instead of an array: unnest() makes the same rows of it, and
  // nothing has to be taken apart. Most columns of a batch are of that kind.
  Pg::Call call() const;

 private:
  template <class Value>
  void add(size_t index, const Value& value) {
    arrays_[index].add(value);
    has_value_[index] = true;
  }
  template <class Value>
  void add(size_t index, const std::optional<Value>& value) {
    arrays_[index].add(value);
    if (value) has_value_[index] = true;
  }

  const Statement* statement_;
  std::vector<PgArray> arrays_;
  std::vector<bool> has_value_;
};

}  // namespace dundun
