// Files that operators bring: a kannel.conf, and an HTTP carrier's description.
#include <cstdint>
#include <cstdlib>

#include "common/carrier/http/description.h"
#include "common/carrier/kannel/conf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto groups = dundun::parse_kannel_conf(text)) {
    if (groups->size() > dundun::kKannelGroupsMax) std::abort();
    for (const auto& group : *groups) (void)group.list("smsc-id", ";,");
  }
  const dundun::CarrierSecrets secrets{{"secret", "s"}, {"user", "u"}};
  (void)dundun::read_http_description(text, secrets);
  return 0;
}
