// What becomes of each group of a kannel.conf (deploy/from-kannel.md). Kannel goes on as the way to
// the SMSCs; what it decided (who may send, by which way, at what price) is decided here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/carrier/kannel/conf.h"

namespace dundun {

// A carrier of kind kannel.
struct KannelCarrier {
  std::string name;
  std::string smsc_id;                // as Kannel has it; empty: it has none
  std::string url;                    // of sendsms
  int segments_per_s = 0;             // 0: no limit
  std::vector<std::string> prefixes;  // country codes and more, digits, that it is for
};

// A line of the answer. `becomes` begins with carrier, account, number, stays, or "not carried
// over".
struct KannelStep {
  int line = 0;
  std::string group, name;
  std::string becomes;
  std::optional<KannelCarrier> carrier{};  // to be made
};

// One step a group, in their order; a link that stands in several groups is one carrier.
std::vector<KannelStep> plan_of(const std::vector<KannelGroup>& groups);

}  // namespace dundun
