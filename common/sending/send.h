// The one send. Every endpoint that sends, in either dialect, prepares a message here and hands it
// over; what it says about the outcome is its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "common/base/executor.h"
#include "common/base/task.h"
#include "common/base/time.h"
#include "common/carrier/connector.h"
#include "common/identity/caller.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/sending/delivery_times.h"
#include "common/sending/snapshot.h"
#include "common/sms/msisdn.h"

namespace dundun {

class CarrierRouter;
class Carriers;
class Journal;
struct Config;

// What a send needs of its process.
struct Sending {
  const Config& config;
  PgPool& pg;
  Journal& journal;
  Carriers& carriers;
  CarrierRouter& router;
  Executor& executor;
};

// The account that sends and pays.
struct Payer {
  int64_t account_id;
  Environment environment;
  std::string currency;  // of the wallet
  std::string app_id;    // or empty
  const char* source;    // messages.source: api_key, session, verify …
  std::span<const SenderIdGrant> sender_ids{};
};
// Points into the caller.
Payer payer_of(const Caller& caller);

struct SendRequest {
  Msisdn to;
  std::string text;
  std::optional<std::string> sender{};    // a name of the payer's; none: the route's default
  std::optional<std::string> route{};     // its code; none: the country's
  std::optional<Instant> scheduled_at{};  // UTC; none: now
  std::optional<Instant> not_after{};     // after it the message expires and is refunded
  std::optional<WindowRequest> window{};
  std::optional<std::string> from_number{};  // a number of the payer's, instead of a name
  int segments_max = kSegmentsMax;
  std::optional<Uuid> trace_id{};  // of the caller's trace, if it is recorded
};

// The message with its route, price and carrier, ready to be sent. With a window that is closed now
// it is a scheduled one. Moves no money. kNoRoute, kTextTooLong, kSenderIdNotApproved;
// kInvalidSchedule for an unknown zone, or if the window opens after not_after.
struct Outgoing {
  AcceptMessage message;
  const Route* route;  // of the snapshot
};
Result<Outgoing> prepare(const Sending& sending, const Snapshot& snapshot,
                         const SendRequest& request, const Payer& payer);

// What became of a message that was handed over.
struct Sent {
  CommitResult result;                   // kCommitted, or why it was not sent
  std::optional<SubmitOutcome> outcome;  // the carrier's answer, if it came within the wait
};

// Commits the message with its charge and, if it leaves now, submits it; waits for the carrier at
// most `wait`. An outcome that comes later is recorded by itself. One that is returned is not: the
// caller records it, together with the answer that it makes of it.
Task<Sent> send(const Sending& sending, const AcceptMessage& message,
                std::chrono::milliseconds wait = std::chrono::milliseconds(0));

}  // namespace dundun
