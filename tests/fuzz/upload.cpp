// A file's upload in arbitrary bytes: the first line is its Content-Type. Parts lie inside the
// body, one after the other.
#include "common/web/upload.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  auto body = dundun::Upload::create();
  if (!body || !body->append(text.substr(line + 1))) return 0;
  const auto parts = dundun::find_parts(*body, std::string(text.substr(0, line)));
  if (!parts) return 0;
  int64_t at = 0;
  for (const dundun::Part& part : *parts) {
    if (part.begin < at || part.end < part.begin || part.end > body->size()) std::abort();
    at = part.end;
  }
  return 0;
}
