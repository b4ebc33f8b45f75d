// Segments of arbitrary bytes: the parts are the text, and as many as counted.
#include "common/sms/encoding.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto count = dundun::count_segments(text);
  auto parts = dundun::split_segments(text);
  if (count.has_value() != parts.has_value()) std::abort();
  if (!count) return 0;
  std::string joined;
  for (const std::string& part : *parts) joined += part;
  if (joined != text || static_cast<int>(parts->size()) != count->segments) std::abort();
  return 0;
}
