// Keeps the tenants' connections to RingCentral alive: renews tokens and subscriptions before they
// end, reads numbers, and asks for the outcome of messages.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "common/base/config.h"
#include "common/carrier/ringcentral/connections.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

class RingCentralJob {
 public:
  RingCentralJob(const Config& config, Pg& pg, Journal& journal)
      : config_(config), pg_(pg), journal_(journal) {}

  // One round. Gives how long until the next. Blocks for one or two calls.
  std::chrono::milliseconds run();

 private:
  void tend();
  // For one row of rc_tend.
  void tend_user(const PgRows& rows, int row);
  void look_at_messages();
  // Asks for one message and records the outcome as a change. True: it need not be asked for again.
  bool look(const PgRows& rows, int row);
  Result<RcMessage> ask(const RcUser& user, std::string_view rc_message_id);

  using Clock = std::chrono::steady_clock;
  const Config& config_;
  Pg& pg_;
  Journal& journal_;
  Clock::time_point next_tending_{}, next_look_{};
};

}  // namespace dundun
