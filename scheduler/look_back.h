// How far back a look for work has to look. What was worked off stays in a queue's index for as
// long as anybody holds an old snapshot (an export, a replication slot, a forgotten session), and a
// look from the queue's beginning reads all of it again. So a look that found all there was lets
// the next one begin where it began itself. Once a minute one looks from the very beginning, for
// whatever was committed later than the margin.
#pragma once

#include <chrono>

namespace dundun {

class LookBack {
 public:
  using Clock = std::chrono::steady_clock;

  // Begins a look: how far back from now. Spans, not times: only PostgreSQL's clock says what is
  // due.
  std::chrono::milliseconds begin() {
    began_ = Clock::now();
    is_whole_ = began_ >= next_whole_;
    if (is_whole_) return kEver;
    return kMargin + std::chrono::duration_cast<std::chrono::milliseconds>(began_ - reached_);
  }

  // The look that began last found all there was.
  void found_all() {
    reached_ = began_;
    if (is_whole_) next_whole_ = began_ + kWholeEvery;
  }

 private:
  static constexpr std::chrono::milliseconds kEver = std::chrono::years(10);
  static constexpr std::chrono::seconds kMargin{10};
  static constexpr std::chrono::seconds kWholeEvery{60};

  Clock::time_point began_{}, reached_{}, next_whole_{};
  bool is_whole_ = true;
};

}  // namespace dundun
