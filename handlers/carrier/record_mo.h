// A text that came in, whoever brought it: kept for its owners, and answered by machine.
#pragma once

#include <string>

#include "common/web/inbound_owner.h"

namespace dundun {

enum class MoOutcome { kAccepted, kDuplicate, kUnrouted };
std::string_view mo_outcome_name(MoOutcome outcome);

struct RecordedMo {
  MoOutcome outcome;
  std::string id;  // mo_…; empty: nobody has the number
};

// Errors: of the database; the carrier has to bring it again.
Task<RecordedMo> record_mo(Context& context, const std::string& carrier, const MoRequest& mo,
                           const Routed& routed);

}  // namespace dundun
