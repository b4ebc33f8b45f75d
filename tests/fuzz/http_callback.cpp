// What carriers call us with, in arbitrary bytes: what is read keeps its promises.
#include <cstdlib>

#include "common/carrier/http/callback.h"

namespace {

using dundun::CarrierDocument;
using dundun::ValuePath;

dundun::DlrMapping mapping() {
  dundun::DlrMapping dlr;
  dlr.list = *ValuePath::parse("/r");
  dlr.id = *ValuePath::parse("/id");
  dlr.reference = *ValuePath::parse("/a~1b/0");
  dlr.status = {*ValuePath::parse("/s/name"), *ValuePath::parse("after:s=")};
  dlr.error = *ValuePath::parse("/e");
  return dlr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  (void)ValuePath::parse(text.substr(0, line));
  const CarrierDocument document = CarrierDocument::of_text(std::string(text));
  dundun::DlrMapping one = mapping(), many = mapping();
  one.list = {};
  if (const auto path = ValuePath::parse(text.substr(0, line))) one.id = *path;
  for (const dundun::DlrMapping* dlr : {&one, &many}) {
    const auto receipts = dundun::read_receipts(*dlr, document);
    if (!receipts) continue;
    if (receipts->size() > dundun::kCallbackItemsMax) std::abort();
    for (const dundun::HttpReceipt& receipt : *receipts) {
      const std::string& id = receipt.carrier_message_id;
      if (id.empty() ? receipt.reference.empty() : !dundun::is_carrier_id(id)) std::abort();
      if (receipt.word.empty()) std::abort();
    }
  }
  return 0;
}
