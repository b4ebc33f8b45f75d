// What people write around letters and digits.
#include "common/sms/characters.h"

#include <gtest/gtest.h>

namespace dundun {
namespace characters_test {

TEST(CharactersTest, ControlsAreInvisibleButThoseThatMoveTheLine) {
  for (const char32_t c : {U'\n', U'\r', U'\t', U' ', U'a'})
    EXPECT_FALSE(is_invisible(c)) << int(c);
  for (const char32_t c : {U'\0', U'\x7f', U'\u200d', U'\u202a', U'\ufeff', U'\ufe0f'}) {
    EXPECT_TRUE(is_invisible(c)) << int(c);
  }
}

}  // namespace characters_test
}  // namespace dundun
