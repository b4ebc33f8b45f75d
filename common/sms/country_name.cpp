#include "common/sms/country_name.h"

#include <unicode/uloc.h>

#include <array>

namespace dundun {

std::string country_name(const std::string& country) {
  constexpr int32_t kNameMax = 100;
  std::array<UChar, kNameMax> name;
  UErrorCode error = U_ZERO_ERROR;
  const int32_t size =
      uloc_getDisplayCountry(("und_" + country).c_str(), "en", name.data(), kNameMax, &error);
  std::string text;
  if (U_FAILURE(error) || size >= kNameMax) return country;
  for (int32_t i = 0; i < size;) {
    UChar32 c;
    U16_NEXT(name, i, size, c);
    std::array<char, U8_MAX_LENGTH> bytes;
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, c);
    text.append(bytes.data(), static_cast<size_t>(length));
  }
  return text;
}

}  // namespace dundun
