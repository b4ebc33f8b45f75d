// The interface to a carrier. A connector only talks; who owns a message, what it costs and what
// became of it is the journal's.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/executor.h"
#include "common/journal/change.h"

namespace dundun {

// A claimed message on its way out. message_id is the client reference a carrier may echo.
struct Submission {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  Claim claim;
  std::optional<Uuid> campaign_id;
  std::string app_id;            // or empty
  std::optional<Uuid> trace_id;  // for what is recorded of it; no carrier gets it
  MessageStatus claimed_as;
  int attempt = 1;
  int auto_retries = 0;  // so far
  std::string phone;
  std::string sender;
  std::string body;
  Encoding encoding;
  int segments;
  std::string route;    // its code
  std::string carrier;  // asked, and recorded as the possible holder; empty: none was recorded
  bool held = false;    // `carrier` may have the message already: no other is asked
  bool paced = false;   // it has its share of the route's and the carrier's throughput already
  // It is to reach nobody later. Carriers that can be told are told.
  std::optional<Instant> not_after;
  // No carrier was asked before. Unset: none was asked at all.
  std::optional<Instant> first_asked;
};

struct SubmitOutcome {
  enum class Kind {
    kAccepted,    // the carrier has it
    kRefused,     // the carrier does not take it: final and refundable; see carrier_trouble
    kFailed,      // certainly not taken, for a cause that may pass: automatic retries
    kRetryLater,  // certainly not taken; again after retry_after
    kPaced,       // not asked yet: the message's turn comes after retry_after
    kUnknown,     // no answer: never resent unless the connector de-duplicates
  };
  Kind kind = Kind::kUnknown;
  std::string carrier_message_id;
  // The carrier, if its receipts name the message only by carrier_message_id; otherwise empty.
  std::string known_to;
  std::string error_code;  // SUBMIT_FAIL, THROTTLED …
  std::string error_message;
  std::string carrier_code;  // the carrier's own code of a refusal; or empty
  std::string cost;          // what the carrier asks for it, as it writes it; or empty
  // With kRefused: the cause is the carrier or the way to it, not the recipient or the text, so
  // another carrier may take the message. With kRetryLater: the carrier cannot be reached; it is
  // not just busy.
  bool carrier_trouble = false;
  std::string carrier;  // whose answer it is; set by the router
  std::chrono::milliseconds retry_after{0};
  // Receipts that are known already: the loopback carrier's, or what the answer says beyond
  // "taken".
  std::vector<PlannedReceipt> receipts;
};

class Connector {
 public:
  virtual ~Connector() = default;
  // Calls `done` once, from any thread, at once or later. Thread-safe.
  virtual void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) = 0;
  // Whether a second submit with the same message_id is sure to make no second SMS.
  virtual bool deduplicates(const Submission& submission) const = 0;
};

}  // namespace dundun
