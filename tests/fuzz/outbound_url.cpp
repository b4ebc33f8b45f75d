// Customers' URLs of arbitrary bytes: what passes names a public host, and reads the same again.
#include "common/io/outbound_url.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rules = dundun::OutboundRules::parse("");
  (void)dundun::OutboundRules::parse(text);
  const auto url = dundun::OutboundUrl::parse(text, *rules);
  if (!url) return 0;
  if (!url->text.starts_with("https://")) std::abort();
  const auto again = dundun::OutboundUrl::parse(url->text, *rules);
  if (!again || again->text != url->text) std::abort();
  return 0;
}
