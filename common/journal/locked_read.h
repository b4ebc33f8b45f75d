// One of the reads that a batch makes before it decides: which rows, in which order they are
// locked, and what becomes of them.
#pragma once

#include <algorithm>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/io/pg.h"
#include "common/journal/admission.h"
#include "common/journal/columns.h"
#include "common/journal/read_scope.h"

namespace dundun {

// A key is a tuple of what the statement takes as arrays, the account id first (a claim has none).
// Texts in it are views of the changes, which outlive the reads.
template <class Key, class State>
struct ReadRule {
  const Statement* statement;
  std::span<const PgArray::Type> types;            // of the key's parts
  bool (*before)(const Key& one, const Key& two);  // the order in which rows are locked
  State Known::*found;
  void (*take_row)(const PgRows& rows, int row, State& found);
};

template <class Key>
bool in_key_order(const Key& one, const Key& two) {
  return one < two;
}

// For tables that all lock by the row's own id, whosever it is.
template <class Key>
bool in_id_order(const Key& one, const Key& two) {
  return std::tie(std::get<1>(one), std::get<0>(one)) <
         std::tie(std::get<1>(two), std::get<0>(two));
}

template <class Key, class State>
class LockedRead {
 public:
  explicit LockedRead(const ReadRule<Key, State>& rule) : rule_(rule) {}

  // A key may be wanted many times.
  void want(const Key& key) { keys_.push_back(key); }
  template <class Unwanted>
  void drop_if(Unwanted unwanted) {
    std::erase_if(keys_, unwanted);
  }

  // Nothing is asked if nothing is wanted.
  void add_calls(ReadScope scope, std::vector<Pg::Call>& calls) {
    sort(scope);
    for (auto from = keys_.begin(); from != keys_.end();) {
      const auto to = scope == ReadScope::kBatch ? keys_.end() : end_of_account(from);
      calls.push_back(call_for(std::span(from, to)));
      ++calls_;
      from = to;
    }
  }

  // Takes the answers to its calls from the front of `answers`.
  void absorb(std::span<const PgRows>& answers, Known& known) {
    for (; calls_ > 0; --calls_, answers = answers.subspan(1)) {
      const PgRows& rows = answers.front();
      for (int row = 0; row < rows.size(); ++row) rule_.take_row(rows, row, known.*rule_.found);
    }
  }

 private:
  static constexpr bool kHasAccount =
      std::is_same_v<std::remove_cvref_t<std::tuple_element_t<0, Key>>, int64_t>;
  using Place = typename std::vector<Key>::iterator;

  void sort(ReadScope scope) {
    std::sort(keys_.begin(), keys_.end(), [&](const Key& one, const Key& two) {
      if constexpr (kHasAccount) {
        if (scope == ReadScope::kAccount && std::get<0>(one) != std::get<0>(two)) {
          return std::get<0>(one) < std::get<0>(two);
        }
      }
      return rule_.before(one, two);
    });
    const auto same = [](const Key& one, const Key& two) { return one == two; };
    keys_.erase(std::unique(keys_.begin(), keys_.end(), same), keys_.end());
  }

  Place end_of_account(Place from) {
    if constexpr (kHasAccount) {
      return std::find_if(from, keys_.end(),
                          [&](const Key& key) { return std::get<0>(key) != std::get<0>(*from); });
    }
    return keys_.end();
  }

  Pg::Call call_for(std::span<const Key> keys) const {
    Columns columns(*rule_.statement, rule_.types);
    for (const Key& key : keys) {
      std::apply([&](const auto&... parts) { columns.row(value_of(parts)...); }, key);
    }
    return columns.call();
  }

  template <class Part>
  static auto value_of(const Part& part) {
    if constexpr (std::is_enum_v<Part>) {
      return static_cast<int16_t>(part);
    } else {
      return part;
    }
  }

  const ReadRule<Key, State>& rule_;
  std::vector<Key> keys_;
  int calls_ = 0;
};

}  // namespace dundun
