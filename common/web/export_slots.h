// Limits how many downloads of a process run at once. Each holds a thread and a database connection
// as long as its client reads.
#pragma once

#include <atomic>
#include <memory>

namespace dundun {

class ExportSlots {
 public:
  explicit ExportSlots(int most) : most_(most) {}
  ExportSlots(const ExportSlots&) = delete;

  // A slot; it is free again when its last copy is gone. nullptr: all are taken. Thread-safe.
  using Slot = std::shared_ptr<ExportSlots>;
  Slot take() {
    if (used_.fetch_add(1) < most_) {
      return {this, [](ExportSlots* slots) { slots->used_.fetch_sub(1); }};
    }
    used_.fetch_sub(1);
    return nullptr;
  }

 private:
  const int most_;
  std::atomic<int> used_{0};
};

}  // namespace dundun
