#include "common/io/smpp_status.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace dundun {
namespace {

using enum SmppMeaning;

constexpr SmppStatus kStatuses[] = {
    {0x00, kTaken, "ROK", "taken"},
    {0x01, kPermanent, "RINVMSGLEN", "message length"},
    {0x02, kPermanent, "RINVCMDLEN", "command length"},
    {0x03, kPermanent, "RINVCMDID", "command unknown"},
    {0x04, kPermanent, "RINVBNDSTS", "not in this bind state"},
    {0x05, kPermanent, "RALYBND", "bound already"},
    {0x06, kPermanent, "RINVPRTFLG", "priority"},
    {0x07, kPermanent, "RINVREGDLVFLG", "registered delivery"},
    {kSmppSystemError, kTemporary, "RSYSERR", "system error"},
    {0x0A, kPermanent, "RINVSRCADR", "sender address"},
    {0x0B, kPermanent, "RINVDSTADR", "recipient address"},
    {0x0C, kPermanent, "RINVMSGID", "message id"},
    {0x0D, kPermanent, "RBINDFAIL", "bind failed"},
    {0x0E, kPermanent, "RINVPASWD", "password"},
    {0x0F, kPermanent, "RINVSYSID", "system id"},
    {0x11, kPermanent, "RCANCELFAIL", "cancel failed"},
    {0x13, kPermanent, "RREPLACEFAIL", "replace failed"},
    {kSmppQueueFull, kTemporary, "RMSGQFUL", "queue full"},
    {0x15, kPermanent, "RINVSERTYP", "service type"},
    {0x33, kPermanent, "RINVNUMDESTS", "number of recipients"},
    {0x34, kPermanent, "RINVDLNAME", "distribution list"},
    {0x40, kPermanent, "RINVDESTFLAG", "destination flag"},
    {0x42, kPermanent, "RINVSUBREP", "replace not allowed"},
    {0x43, kPermanent, "RINVESMCLASS", "esm_class"},
    {0x44, kPermanent, "RCNTSUBDL", "distribution list refused"},
    {kSmppSubmitFailed, kPermanent, "RSUBMITFAIL", "submit failed"},
    {0x48, kPermanent, "RINVSRCTON", "sender's type of number"},
    {0x49, kPermanent, "RINVSRCNPI", "sender's numbering plan"},
    {0x50, kPermanent, "RINVDSTTON", "recipient's type of number"},
    {0x51, kPermanent, "RINVDSTNPI", "recipient's numbering plan"},
    {0x53, kPermanent, "RINVSYSTYP", "system type"},
    {0x54, kPermanent, "RINVREPFLAG", "replace flag"},
    {0x55, kPermanent, "RINVNUMMSGS", "number of messages"},
    {kSmppThrottled, kThrottled, "RTHROTTLED", "too fast"},
    {0x61, kPermanent, "RINVSCHED", "schedule time"},
    {0x62, kPermanent, "RINVEXPIRY", "validity"},
    {0x63, kPermanent, "RINVDFTMSGID", "predefined message"},
    {kSmppReceiverBusy, kTemporary, "RX_T_APPN", "receiver busy"},
    {0x65, kPermanent, "RX_P_APPN", "receiver failed for good"},
    {0x66, kPermanent, "RX_R_APPN", "receiver rejected it"},
    {0x67, kPermanent, "RQUERYFAIL", "query failed"},
    {0xC0, kPermanent, "RINVOPTPARSTREAM", "optional part of the PDU"},
    {0xC1, kPermanent, "ROPTPARNOTALLWD", "option not allowed"},
    {0xC2, kPermanent, "RINVPARLEN", "option's length"},
    {0xC3, kPermanent, "RMISSINGOPTPARAM", "option missing"},
    {0xC4, kPermanent, "RINVOPTPARAMVAL", "option's value"},
    {0xFE, kPermanent, "RDELIVERYFAILURE", "delivery failed"},
    {0xFF, kPermanent, "RUNKNOWNERR", "unknown error"},
};

constexpr std::string_view kNames[] = {"taken", "temporary", "throttled", "permanent", "unknown"};

}  // namespace

std::span<const SmppStatus> smpp_statuses() { return kStatuses; }

const SmppStatus* find_smpp_status(uint32_t code) {
  const auto* const found = std::ranges::find(kStatuses, code, &SmppStatus::code);
  return found == std::end(kStatuses) ? nullptr : found;
}

std::string_view smpp_meaning_name(SmppMeaning meaning) {
  return kNames[static_cast<size_t>(meaning)];
}

std::string smpp_code_text(uint32_t code) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), code > 0xff ? "0x%04X" : "0x%02X", code);
  return text.data();
}

Status SmppStatuses::learn(std::string_view rule) {
  const size_t equals = rule.find('=');
  std::string_view code = rule.substr(0, equals);
  if (code.starts_with("0x") || code.starts_with("0X")) code.remove_prefix(2);
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), number, 16);
  const std::string_view name =
      equals == std::string_view::npos ? std::string_view() : rule.substr(equals + 1);
  const auto meaning = std::ranges::find(kNames, name);
  const bool good = error == std::errc() && end == code.data() + code.size() && number != kSmppOk &&
                    (name == "temporary" || name == "throttled" || name == "permanent");
  if (!good) {
    return fail(ErrorCode::kInvalidRequest,
                "A status is written 0x400=temporary, =throttled or =permanent.");
  }
  learnt_[number] = SmppMeaning(meaning - std::begin(kNames));
  return Done{};
}

SmppMeaning SmppStatuses::meaning(uint32_t code) const {
  if (const auto found = learnt_.find(code); found != learnt_.end()) return found->second;
  const SmppStatus* known = find_smpp_status(code);
  return known == nullptr ? kUnknown : known->meaning;
}

bool kannel_repeats(uint32_t code) {
  return code == kSmppSystemError || code == kSmppQueueFull || code == kSmppThrottled ||
         code == kSmppReceiverBusy;
}

uint32_t status_for_kannel(SmppMeaning meaning, uint32_t code) {
  switch (meaning) {
    case kTaken:
      return kSmppOk;
    case kTemporary:
      return kSmppQueueFull;
    case kThrottled:
      return kSmppThrottled;
    case kPermanent:
    case kUnknown:
      break;
  }
  return kannel_repeats(code) ? kSmppSubmitFailed : code;
}

}  // namespace dundun
