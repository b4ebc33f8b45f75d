#include "smpp-guard/receipt.h"

#include <algorithm>
#include <cctype>

#include "common/sms/dlr.h"

namespace dundun {
namespace {

constexpr uint16_t kReceiptedMessageId = 0x1E;
constexpr uint16_t kNetworkErrorCode = 0x0423;
constexpr uint16_t kMessagePayload = 0x0424;
constexpr uint16_t kMessageState = 0x0427;
constexpr size_t kErrorMax = 20;

std::string option(const SmppMessage& message, uint16_t tag) {
  const auto found = message.options.find(tag);
  return found == message.options.end() ? std::string() : found->second;
}

// What a receipt without either says is not for us to guess: a word that moves nothing.
std::string word_of(const SmppMessage& message, const std::string& text) {
  std::string word = receipt_word(text);
  const std::string state = option(message, kMessageState);
  if (word.empty() && state.size() == 1) {
    word = smpp_state_name(std::to_string(static_cast<unsigned char>(state.front())));
  }
  return word.empty() ? "NOSTAT" : word;
}

// Section 5.3.2.31: the kind of network (3 is GSM), and two bytes of its code.
std::string network_error(const std::string& value) {
  if (value.size() != 3) return {};
  const auto byte = [&value](size_t i) { return static_cast<unsigned char>(value[i]); };
  const int code = byte(1) << 8 | byte(2);
  return code == 0 ? std::string() : std::to_string(code);
}

// Letters and digits only: it goes into an address.
std::string error_of(const SmppMessage& message, const std::string& text) {
  std::string code(receipt_field(text, "err:"));
  std::erase_if(code, [](unsigned char c) { return std::isalnum(c) == 0; });
  if (code.size() > kErrorMax) code.resize(kErrorMax);
  const bool says_nothing = std::ranges::all_of(code, [](char c) { return c == '0'; });
  return says_nothing ? network_error(option(message, kNetworkErrorCode)) : code;
}

bool is_receipt(const SmppMessage& message) {
  const int kind = message.esm_class & kEsmKind;
  if (kind == kEsmReceipt || kind == kEsmIntermediate) return true;
  // Some SMSCs do not mark them.
  return kind == 0 && message.options.contains(kReceiptedMessageId) &&
         message.options.contains(kMessageState);
}

}  // namespace

std::optional<SmscReceipt> receipt_of(const SmppPdu& pdu) {
  const bool by_data = pdu.is(SmppCommand::kDataSm);
  if (!by_data && !pdu.is(SmppCommand::kDeliverSm)) return std::nullopt;
  const auto message = by_data ? smpp_data_message(pdu.body) : smpp_message(pdu.body);
  if (!message || !is_receipt(*message)) return std::nullopt;
  const std::string text =
      message->text.empty() ? option(*message, kMessagePayload) : message->text;
  SmscReceipt receipt;
  receipt.id = smpp_take_c_string(option(*message, kReceiptedMessageId));
  if (receipt.id.empty()) receipt.id = receipt_field(text, "id:");
  receipt.word = word_of(*message, text);
  receipt.error = error_of(*message, text);
  receipt.recipient = message->source;
  // An attempt that failed is not the message's end: the SMSC goes on trying.
  const bool attempt = (message->esm_class & kEsmKind) == kEsmIntermediate;
  if (attempt && normalize_dlr_word(receipt.word) != "DELIVRD") receipt.word = "ENROUTE";
  return receipt;
}

}  // namespace dundun
