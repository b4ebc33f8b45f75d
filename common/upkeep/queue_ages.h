// How long what is due waits already, for the metrics and `dundunctl check`.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/result.h"
#include "common/io/pg.h"

namespace dundun {

struct QueueAge {
  const char* name;      // as in the metrics: events, messages, claims, receipts, mail, webhooks
  int64_t seconds = 0;   // since the oldest one was due; 0: nothing waits
  int64_t alarm_s = 0;   // beyond this somebody has to look
  const char* who = "";  // what works the queue off
};

struct Queues {
  std::array<QueueAge, 6> ages;
  int64_t unmatched_receipts = 0;  // this and what follows: at most 10000 are counted
  int64_t mails_given_up = 0;
  int64_t dead_webhooks = 0;
};

Result<Queues> read_queues(Pg& pg);

}  // namespace dundun
