// Downloads at once.
#include "common/web/export_slots.h"

#include <gtest/gtest.h>

namespace dundun {
namespace export_slots_test {

TEST(ExportSlotsTest, ASlotComesBackWithItsLastHolder) {
  ExportSlots slots(2, 2);
  auto first = slots.take(7);
  const auto second = slots.take(7);
  auto again = first;
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(slots.has_free());
  EXPECT_EQ(slots.take(7), nullptr);
  first = nullptr;
  EXPECT_EQ(slots.take(7), nullptr);
  again = nullptr;
  EXPECT_TRUE(slots.has_free());
  EXPECT_NE(slots.take(7), nullptr);
}

TEST(ExportSlotsTest, AnAccountLeavesSomeToOthers) {
  ExportSlots slots(2, 1);
  auto own = slots.take(7);
  EXPECT_EQ(slots.take(7), nullptr);
  EXPECT_TRUE(slots.has_free());
  EXPECT_NE(slots.take(8), nullptr);
  own = nullptr;
  EXPECT_NE(slots.take(7), nullptr);
}

}  // namespace export_slots_test
}  // namespace dundun
