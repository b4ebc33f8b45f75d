// Where a value is in a carrier's answer.
#include "common/carrier/http/value_path.h"

#include <gtest/gtest.h>

namespace dundun {
namespace value_path_test {

TEST(ValuePathTest, TheFirstThatIsThereAndNotEmptyCounts) {
  const CarrierDocument document = CarrierDocument::of_text(R"({"a":"","b":"x","c":"y"})");
  const auto path = [](const char* text) { return *ValuePath::parse(text); };
  EXPECT_EQ(document.find_first({path("/none"), path("/a"), path("/b"), path("/c")}), "x");
  EXPECT_EQ(document.find_first({path("/a")}), "");
  EXPECT_EQ(document.find_first({}), "");
}

}  // namespace value_path_test
}  // namespace dundun
