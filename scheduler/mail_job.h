// Sends what waits in the mail outbox, one after the other. Any number of schedulers may run: who
// tries a mail has moved its next turn on before, so that nobody else does meanwhile. If the
// process dies in between, the mail is tried again: it may come twice, with two links that both
// hold.
#pragma once

#include <chrono>

#include "common/base/config.h"
#include "common/io/pg.h"

namespace dundun {

class MailJob {
 public:
  // Both outlive the job.
  MailJob(const Config& config, Pg& pg) : config_(config), pg_(pg) {}

  // Sends one mail, if one is due. How long to wait before the next call.
  std::chrono::milliseconds run();

 private:
  const Config& config_;
  Pg& pg_;
};

}  // namespace dundun
