// Downloads at once.
#include "common/web/export_slots.h"

#include <gtest/gtest.h>

namespace dundun {
namespace export_slots_test {

TEST(ExportSlotsTest, ASlotComesBackWithItsLastHolder) {
  ExportSlots slots(2);
  auto first = slots.take();
  const auto second = slots.take();
  auto again = first;
  EXPECT_TRUE(first && second);
  EXPECT_EQ(slots.take(), nullptr);
  first = nullptr;
  EXPECT_EQ(slots.take(), nullptr);
  again = nullptr;
  EXPECT_NE(slots.take(), nullptr);
}

}  // namespace export_slots_test
}  // namespace dundun
