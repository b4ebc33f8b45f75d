// What a carrier calls with, of arbitrary bytes: as a query, a form and JSON, and the text and the
// numbers in it.
#include <cstdlib>

#include "common/inbound/ringcentral_text.h"
#include "common/sms/charset.h"
#include "common/web/router.h"
#include "handlers/carrier/mo_request.h"

namespace {

void take(const dundun::Request& request) {
  const auto fields = dundun::CallbackFields::parse(request);
  if (!fields) return;
  const auto mo = dundun::parse_mo(*fields, "kannel", dundun::Config{});
  if (!mo) return;
  // Everything that gets in is UTF-8, and no longer than agreed.
  if (!dundun::to_utf8(mo->text, "utf-8") || mo->text.size() > 8192) std::abort();
  (void)mo->countries();
}

void take_ringcentral(const std::string& text) {
  const auto document = dundun::JsonDocument::parse(text);
  if (!document) return;
  const auto inbound = dundun::read_ringcentral_text(document->root(), "body.", 8192);
  if (!inbound || !*inbound) return;
  if (!dundun::to_utf8((*inbound)->mo.text, "utf-8")) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  take_ringcentral(text);
  dundun::Request request;
  if (dundun::parse_target("/carrier/kannel/mo?" + text, request)) take(request);
  request = {};
  request.method = dundun::Method::kPost;
  request.body = text;
  for (const char* type : {"application/x-www-form-urlencoded", "application/json"}) {
    request.content_type = type;
    take(request);
  }
  return 0;
}
