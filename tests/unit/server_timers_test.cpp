// ws-bridge/server_timers.cpp: the library's list of timers, as it is and quicker.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <libwebsockets.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace dundun {
namespace {

struct SortedTimer {
  lws_dll2_t place{};  // first, so that a place is a timer
  int due = 0;
  int number = 0;
};

int comparisons = 0;

int compare_due(const lws_dll2_t* one, const lws_dll2_t* other) {
  ++comparisons;
  const auto due = [](const lws_dll2_t* place) {
    return reinterpret_cast<const SortedTimer*>(place)->due;
  };
  return (due(one) > due(other)) - (due(one) < due(other));
}

class SortedTimersTest : public testing::Test {
 protected:
  void add(SortedTimer& timer) { lws_dll2_add_sorted(&timer.place, &list_, compare_due); }
  // Both ways, so that no link is forgotten.
  std::vector<std::pair<int, int>> forwards() const {
    std::vector<std::pair<int, int>> all;
    for (const lws_dll2_t* place = list_.head; place != nullptr; place = place->next) {
      const auto* timer = reinterpret_cast<const SortedTimer*>(place);
      all.emplace_back(timer->due, timer->number);
    }
    return all;
  }
  std::vector<std::pair<int, int>> backwards() const {
    std::vector<std::pair<int, int>> all;
    for (const lws_dll2_t* place = list_.tail; place != nullptr; place = place->prev) {
      const auto* timer = reinterpret_cast<const SortedTimer*>(place);
      all.emplace_back(timer->due, timer->number);
    }
    std::ranges::reverse(all);
    return all;
  }
  lws_dll2_owner_t list_{};
};

TEST_F(SortedTimersTest, TheOrderIsTheLibrarys) {
  std::mt19937 random(7);
  for (const int count : {1, 2, 3, 4, 5, 50, 500}) {
    list_ = {};
    std::vector<SortedTimer> timers(static_cast<size_t>(count));
    std::vector<std::pair<int, int>> expected;
    for (int i = 0; i < count; ++i) {
      SortedTimer& timer = timers[static_cast<size_t>(i)];
      timer.due = static_cast<int>(random() % 40);
      timer.number = i;
      // Before the first that is not earlier: of two at the same time, the later one is first.
      const auto before = std::ranges::find_if(
          expected, [&](const auto& other) { return other.first >= timer.due; });
      expected.insert(before, {timer.due, i});
      add(timer);
    }
    ASSERT_EQ(forwards(), expected) << count;
    ASSERT_EQ(backwards(), expected) << count;
    ASSERT_EQ(list_.count, static_cast<uint32_t>(count));
  }
}

TEST_F(SortedTimersTest, BothEndsAreNear) {
  std::vector<SortedTimer> timers(1000);
  for (size_t i = 0; i < timers.size(); ++i) {
    timers[i].due = static_cast<int>(i);
    comparisons = 0;
    add(timers[i]);
    ASSERT_LE(comparisons, 2) << i;
  }
  SortedTimer first{.due = -1};
  comparisons = 0;
  add(first);
  EXPECT_EQ(comparisons, 1);
}

// What the library calls is what the linker finds first.
TEST_F(SortedTimersTest, TheLibraryGetsThisOne) {
  EXPECT_EQ(dlsym(RTLD_DEFAULT, "lws_dll2_add_sorted"),
            reinterpret_cast<void*>(&lws_dll2_add_sorted));
  EXPECT_NE(dlsym(RTLD_NEXT, "lws_dll2_add_sorted"), reinterpret_cast<void*>(&lws_dll2_add_sorted));
}

}  // namespace
}  // namespace dundun
