// A unique_ptr for what a C library allocates: Owned<pg_result, PQclear>.
#pragma once

#include <memory>

namespace dundun {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};

template <class T, auto Free>
using Owned = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace dundun
