#include "common/journal/columns.h"

namespace dundun {

Columns::Columns(const Statement& statement, std::span<const PgArray::Type> types)
    : statement_(&statement), has_value_(types.size()) {
  arrays_.reserve(types.size());
  for (PgArray::Type type : types) arrays_.emplace_back(type);
}

Pg::Call Columns::call() const {
  Pg::Call call{statement_, {}};
  call.params.reserve(arrays_.size());
  for (size_t index = 0; index < arrays_.size(); ++index) {
    call.params.push_back(has_value_[index] ? arrays_[index].finish() : PgParam(nullptr));
  }
  return call;
}

}  // namespace dundun
