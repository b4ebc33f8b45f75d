// What an SMSC sends, of arbitrary bytes: no length is believed, and what is read can be written
// and read again.
#include "common/io/smpp.h"

#include <cstdint>
#include <cstdlib>

#include "smpp-guard/receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)dundun::smpp_message(bytes);
  while (true) {
    const size_t before = bytes.size();
    auto pdu = dundun::smpp_take_pdu(bytes);
    if (!pdu || !*pdu) return 0;
    if (bytes.size() >= before) std::abort();
    const auto receipt = dundun::receipt_of(**pdu);
    if (receipt && (receipt->word.empty() || receipt->error.size() > 20)) std::abort();
    (void)dundun::smpp_take_c_string((*pdu)->body);
    const auto message = dundun::smpp_message((*pdu)->body);
    if (!message) continue;
    const auto again = dundun::smpp_message(dundun::smpp_body(*message));
    if (!again || again->text != message->text || again->options != message->options) std::abort();
  }
}
