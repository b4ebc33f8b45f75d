#include "handlers/carrier/mo_request.h"

#include "common/sms/charset.h"

namespace dundun {
namespace {

constexpr size_t kIdBytesMax = 200;
constexpr size_t kAddressBytesMax = 40;
constexpr size_t kWrittenBytesMax = 120;  // digits of other scripts, and marks around them

Result<std::string> parse_text(const CallbackFields& fields, const Config& config) {
  const std::string_view charset = fields.find("charset").value_or("utf-8");
  std::string bytes(fields.find("text").value_or(""));
  if (const auto hex = fields.find("text_hex")) bytes = TRY(from_hex(*hex));
  if (bytes.size() > config.inbound_text_bytes_max) return bad_field("text", "is too long.");
  // A carrier that is refused brings the same bytes again until it drops them.
  std::string text = TRY(to_utf8_as_far(bytes, charset));
  if (text.size() > config.inbound_text_bytes_max) return bad_field("text", "is too long.");
  return text;
}

Result<Address> parse_party(const CallbackFields& fields, const char* field) {
  const std::string written = TRY(fields.required(field, kWrittenBytesMax));
  Address address = TRY(parse_address(field, written));
  if (address.text.size() > kAddressBytesMax) return bad_field(field, "is too long.");
  return address;
}

}  // namespace

Result<MoRequest> parse_mo(const CallbackFields& fields, std::string_view carrier,
                           const Config& config) {
  MoRequest mo;
  // The loopback carrier may leave out the id: we make one.
  const bool by_hand = carrier == kLoopback && !fields.find("id");
  mo.carrier_message_id =
      by_hand ? to_string(new_uuid7()) : TRY(fields.required("id", kIdBytesMax));
  mo.from = TRY(parse_party(fields, "from"));
  mo.to = TRY(parse_party(fields, "to"));
  mo.text = TRY(parse_text(fields, config));
  const std::string_view machine = fields.find("auto_reply").value_or("");
  mo.auto_reply = machine == "1" || machine == "true";
  return mo;
}

}  // namespace dundun
