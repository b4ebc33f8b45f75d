// Records a text that came in, from any carrier, for its owners, and sends the automatic answer.
#pragma once

#include <string>

#include "common/inbound/owner.h"
#include "common/sending/send.h"

namespace dundun {

enum class MoOutcome { kAccepted, kDuplicate, kUnrouted };
std::string_view mo_outcome_name(MoOutcome outcome);

struct RecordedMo {
  MoOutcome outcome;
  std::string id;  // mo_…; empty: no account has the number
};

// Errors are the database's: then the carrier has to bring the text again.
Task<RecordedMo> record_mo(const Sending& sending, const Snapshot& snapshot,
                           const std::string& carrier, const MoRequest& mo, const Routed& routed);

}  // namespace dundun
