// Templates and values of arbitrary bytes, a line each: what is rendered stays under its limit, and
// a value is never looked at again.
#include "common/sms/template.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/sms/substitute.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t line = bytes.find('\n');
  const std::string_view text = bytes.substr(0, line);
  const std::string value(line == std::string_view::npos ? "" : bytes.substr(line + 1));
  const std::vector<std::string> columns{"city", "Prénom", value};
  const std::vector<std::string> values{value, "{{city}}", ""};
  const auto made = dundun::Template::compile(text, columns);
  std::string out;
  const bool fits = made.render("+254712345678", value, values, out);
  if (fits && out.size() > dundun::kRenderedBytesMax) std::abort();
  if (fits && !made.has_variables() && out != text) std::abort();
  std::vector<int64_t> missing(made.variables().size());
  made.count_missing("+254712345678", value, values, missing);
  for (const int64_t count : missing) {
    if (count < 0 || count > 1) std::abort();
  }
  // A similar text needs no more characters of its own.
  if (const auto plain = dundun::gsm7_substitute(text)) {
    if (dundun::gsm7_substitute(*plain) != plain) std::abort();
  }
  return 0;
}
