// Result<T>: a value, or the Error that says why there is none. Every call that can fail returns
// it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/base/error.h"

namespace dundun {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }

  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

// The value of a call that only succeeds or fails.
struct Done {};
using Status = Result<Done>;

// Gives the value, or returns the error to the caller. Not for coroutines: there `co_await` of a
// Result does the same. Do not put one TRY inside the arguments of another.
#define TRY(expression)                                      \
  __extension__({                                            \
    auto try_result_ = (expression);                         \
    if (!try_result_) return std::move(try_result_).error(); \
    *std::move(try_result_);                                 \
  })

}  // namespace dundun
