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
  std::optional<Uuid> batch_id;
  std::string app_id;  // or empty
  MessageStatus claimed_as;
  int attempt = 1;
  int auto_retries = 0;  // so far
  std::string phone;
  std::string sender;
  std::string body;
  Encoding encoding;
  int segments;
  std::string route;    // its code
  std::string carrier;  // who is asked, and is written down as that; empty: nobody could be
  bool held = false;    // it may have the message already: nobody else is asked
  bool paced = false;   // it has its share of the route's and the carrier's throughput
};

struct SubmitOutcome {
  enum class Kind {
    kAccepted,    // the carrier has it
    kRefused,     // the carrier does not take it: final, refundable; carrier_trouble: its fault
    kFailed,      // certainly not taken, for a cause that may pass: automatic retries
    kRetryLater,  // certainly not taken; again after retry_after
    kPaced,       // not asked: its turn comes after retry_after
    kUnknown,     // no answer: never resent unless the connector de-duplicates
  };
  Kind kind = Kind::kUnknown;
  std::string carrier_message_id;
  // The carrier whose receipts name the message by that id only; otherwise empty.
  std::string known_to;
  std::string error_code;  // SUBMIT_FAIL, THROTTLED …
  std::string error_message;
  // kRefused: for a cause of the carrier's or its way to there, not the recipient's or the text's:
  // another carrier may take it. kRetryLater: it cannot be reached, so it is not merely busy.
  bool carrier_trouble = false;
  std::string carrier;  // whose answer it is: the router says it
  std::chrono::milliseconds retry_after{0};
  // Words that come by themselves: the loopback carrier's DLRs, or what an answer says beyond
  // `taken`.
  std::vector<PlannedReceipt> receipts;
};

class Connector {
 public:
  virtual ~Connector() = default;
  // Answers once through `done`, from any thread, at once or later. Thread-safe.
  virtual void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) = 0;
  // Whether a second submit of this message_id cannot make a second SMS.
  virtual bool deduplicates(const Submission& submission) const = 0;
};

}  // namespace dundun
