// Limits how many downloads of a process run at once, and how many of one account. Each holds a
// thread and a database connection as long as its client reads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace dundun {

class ExportSlots {
 public:
  ExportSlots(int most, int most_of_account) : most_(most), most_of_account_(most_of_account) {}
  ExportSlots(const ExportSlots&) = delete;

  // A slot; it is free again when its last copy is gone. nullptr: all are taken, or all that the
  // account may have. Thread-safe.
  using Slot = std::shared_ptr<ExportSlots>;
  Slot take(int64_t account_id) {
    std::lock_guard lock(mutex_);
    const auto own = used_by_.find(account_id);
    if (used_ >= most_ || (own != used_by_.end() && own->second >= most_of_account_)) {
      return nullptr;
    }
    ++used_;
    ++used_by_[account_id];
    return {this, [account_id](ExportSlots* slots) { slots->give_back(account_id); }};
  }
  bool has_free() {
    std::lock_guard lock(mutex_);
    return used_ < most_;
  }

 private:
  void give_back(int64_t account_id) {
    std::lock_guard lock(mutex_);
    --used_;
    if (--used_by_[account_id] == 0) used_by_.erase(account_id);
  }

  const int most_;
  const int most_of_account_;
  std::mutex mutex_;
  int used_ = 0;
  std::unordered_map<int64_t, int> used_by_;  // account -> slots
};

}  // namespace dundun
