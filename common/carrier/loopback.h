// The built-in carrier, which sends nothing to anyone. The last digits of the number choose the
// outcome, so that every outcome can be tried by hand and in tests. deploy/loopback.md has the
// table.
#pragma once

#include <memory>
#include <string_view>

#include "common/base/config.h"
#include "common/carrier/connector.h"

namespace dundun {

enum class LoopbackFate {
  kDelivered,     // any other number
  kUndelivered,   // …0001
  kRejected,      // …0002
  kExpired,       // …0003
  kRefused,       // …0004: the submit itself fails
  kThrottled,     // …0005: refused for now at the first try, taken at the second
  kNoAnswer,      // …0006: gives up without an answer: in doubt
  kLateDelivery,  // …0007: UNDELIV first, DELIVRD later
  kDuplicates,    // …0008: every receipt twice
  kSlow,          // …0009: answers after 2 s
  kSentFirst,     // …0010: ACCEPTD, then DELIVRD
  kFailsOnce,     // …0011: the first submit fails for a cause that may pass
  kFailsAlways,   // …0012: each submit does
};

LoopbackFate loopback_fate(std::string_view e164);

// De-duplicates by message id: it makes the carrier id from it. If config.loopback_handset_log is
// set, each submit appends "<message uuid> <attempt>" to that file, for tests that count what
// arrives.
std::unique_ptr<Connector> make_loopback(Executor& executor, const Config& config);

}  // namespace dundun
