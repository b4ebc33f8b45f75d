// What an SMSC's answer to a submit means, by its command status. smpp-guard, the Kannel connector
// and the tests' SMSC read the same table. Source: SMPP 3.4 section 5.1.3; which of them pass by
// themselves, as Kannel sees it (gw/smsc/smsc_smpp.c). deploy/smpp-codes.md shows the table.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/io/smpp.h"

namespace dundun {

enum class SmppMeaning {
  kTaken,
  kTemporary,  // not taken, and may be a moment later
  kThrottled,  // not taken: too fast
  kPermanent,  // not taken, and never will be
  kUnknown,    // no code of the specification: not taken, and final unless the link says otherwise
};

struct SmppStatus {
  uint32_t code;
  SmppMeaning meaning;
  std::string_view name;   // of the specification, without ESME_
  std::string_view words;  // for people
};

std::span<const SmppStatus> smpp_statuses();
const SmppStatus* find_smpp_status(uint32_t code);
std::string_view smpp_meaning_name(SmppMeaning meaning);  // "temporary" …
// "0x0B", "0x0400": as operators' manuals write it.
std::string smpp_code_text(uint32_t code);

// The table, and what a link's operator says otherwise.
class SmppStatuses {
 public:
  // "0x400=temporary", or "permanent" or "throttled". kInvalidRequest for anything else, and for 0.
  Status learn(std::string_view rule);
  SmppMeaning meaning(uint32_t code) const;

 private:
  std::map<uint32_t, SmppMeaning> learnt_;
};

// Whether Kannel submits again, without end, what is answered with this status.
bool kannel_repeats(uint32_t code);
// The status that tells Kannel the same as `meaning`: it knows no others as temporary.
uint32_t status_for_kannel(SmppMeaning meaning, uint32_t code);

}  // namespace dundun
