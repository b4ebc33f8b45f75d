#include "common/journal/columns.h"

namespace dundun {

Columns::Columns(const Statement& statement, std::span<const PgArray::Type> types)
    : statement_(&statement) {
  arrays_.reserve(types.size());
  for (PgArray::Type type : types) arrays_.emplace_back(type);
}

Pg::Call Columns::call() const {
  Pg::Call call{statement_, {}};
  call.params.reserve(arrays_.size());
  for (const PgArray& array : arrays_) call.params.push_back(array.finish());
  return call;
}

}  // namespace dundun
