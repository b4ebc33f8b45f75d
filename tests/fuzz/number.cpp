// Numbers and addresses as strangers write them: what is taken is E.164, and is taken again as it
// stands.
#include <cstdint>
#include <cstdlib>

#include "common/sms/address.h"
#include "common/sms/msisdn.h"
#include "common/sms/written_number.h"

namespace {

bool is_e164(std::string_view text) {
  if (text.size() < 3 || text.size() > 16 || text[0] != '+') return false;
  return text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

void check(const dundun::Result<dundun::Msisdn>& number) {
  if (!number) return;
  if (!is_e164(number->e164()) || number->country().size() != 2) std::abort();
  const auto again = dundun::Msisdn::parse(number->e164());
  if (!again || again->e164() != number->e164()) std::abort();
  if (dundun::mask_msisdn(number->e164()) == number->e164()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto number = dundun::Msisdn::parse(text);
  check(number);
  for (const char* country : {"KE", "NG", "US"}) check(dundun::Msisdn::parse_in(country, text));
  if (number.has_value() == dundun::number_fault(text).has_value()) std::abort();
  if (number.has_value() != dundun::describe_phone(text).valid && number) std::abort();
  const auto written = dundun::read_number(text);
  if (!written.fault && written.digits.find_first_not_of("0123456789") != std::string::npos) {
    std::abort();
  }
  (void)dundun::number_to_find(text);
  const auto address = dundun::parse_address("from", std::string(text), "KE");
  if (address && address->is_number() && !is_e164(address->text)) std::abort();
  return 0;
}
