// Asks RingCentral's message store for texts that no notification brought: our server was down, or
// the subscription suspended.
#pragma once

#include <chrono>

#include "common/base/config.h"
#include "common/carrier/ringcentral/connections.h"
#include "common/io/pg.h"
#include "scheduler/inbound_taker.h"

namespace dundun {

class RingCentralTexts {
 public:
  RingCentralTexts(const Config& config, Pg& pg, InboundTaker& taker)
      : config_(config), pg_(pg), taker_(taker) {}

  // For one user, if one is due; otherwise looks once a second. Blocks for some calls.
  void run();

 private:
  struct Span {
    Instant since, until;
  };
  Status ask(const RcUser& user, const std::string& carrier, Span span);
  Status take_all(const RcUser& user, const std::string& carrier,
                  const std::vector<RcTexts>& pages);

  using Clock = std::chrono::steady_clock;
  const Config& config_;
  Pg& pg_;
  InboundTaker& taker_;
  Clock::time_point next_{};
};

}  // namespace dundun
