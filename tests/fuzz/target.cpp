// Request targets, times, ids and amounts of arbitrary bytes.
#include <string>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/sms/dlr.h"
#include "common/web/router.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dundun::Request request;
  (void)dundun::parse_target(text, request);
  (void)dundun::parse_rfc3339(text);
  (void)dundun::parse_message_id(text);
  (void)dundun::parse_micros(text);
  (void)dundun::normalize_dlr_word(text);
  return 0;
}
