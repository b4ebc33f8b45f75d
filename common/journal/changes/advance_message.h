// Something happens to a message: a carrier took it, it was delivered, cancelled, is due later …
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/journal/change_kind.h"
#include "common/journal/changes/answer.h"
#include "common/journal/claim.h"
#include "common/sms/environment.h"
#include "common/sms/status.h"

namespace dundun {

// What happens to the message's place in the queue.
enum class DispatchStep {
  kKeep,        // nothing (a DLR)
  kFinish,      // it left, or failed for good; needs the claim
  kReschedule,  // it waits again, until `due_at`; needs the claim
  kReroute,     // another carrier is asked next; needs the claim, which goes on
  kWithdraw,    // cancel: only while it waits and is not claimed
  kMove,        // another `due_at`: only while it waits and is not claimed
};

// One receipt that is known in advance (the loopback carrier's), stored with the record of the
// submit.
struct PlannedReceipt {
  std::string word;  // DELIVRD …
  std::chrono::milliseconds after;
};

// One event in the life of a message. The state machine (common/sms/status.h) decides whether the
// status moves. The timeline gets the event in either case, but each event_key only once.
struct AdvanceMessage {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  MessageStatus to;
  std::string event;      // submitted, delivered, failed, cancelled …
  std::string event_key;  // unique per message: submitted, dlr:DELIVRD …
  std::string detail;
  std::string metadata;  // a JSON object, or empty
  // A carrier took it, and the event says no more than the message's row will: it is read from
  // there (view message_timeline) and stored only where the status does not move.
  bool regular_submit = false;
  DispatchStep dispatch = DispatchStep::kKeep;
  Claim claim;                      // for kFinish, kReschedule and kReroute
  std::optional<Uuid> campaign_id;  // needed with claimed_as
  std::string app_id;               // needed with claimed_as; empty: of no app
  std::optional<Uuid> trace_id;     // needed with claimed_as, if the message has one
  std::optional<Instant> due_at;    // for kReschedule and kMove
  int16_t attempt = 1;              // submits so far, for kReschedule
  // The status in which the message was claimed. If it is set, the journal does not read the
  // message's row: the UPDATE checks this status instead.
  std::optional<MessageStatus> claimed_as;
  // Refund in the same transaction if the status moves, and if no carrier ever accepted the message
  // or the account refunds any failure.
  bool refundable = false;
  // A gateway took it, but the carrier behind it never did: refund it too.
  bool never_taken = false;
  bool auto_retry = false;  // counts an automatic retry
  std::optional<std::string> error_code;
  std::optional<std::string> error_message;
  std::optional<std::string> carrier_error_code;  // the carrier's own; with error_code
  std::optional<std::string> dlr_status;
  std::optional<std::string> carrier_message_id;
  std::string known_to;  // the carrier whose receipts name it only by that id; or empty
  std::optional<std::string> carrier;  // took it, or was asked last
  std::optional<std::string> held_by;  // for kReschedule: the carrier that may still have it
  std::vector<PlannedReceipt> receipts;
  std::optional<StoredAnswer> answer;
};

template <>
struct ChangeKind<AdvanceMessage> {
  static constexpr Lane kLane = Lane::kMoving;
  // What a carrier answered: without it the message would be sent again, or be in doubt.
  static bool is_kept(const AdvanceMessage& advance);
  static void wants(const AdvanceMessage& advance, Reads& reads);
  static Decision decide(const AdvanceMessage& advance, const Uuid& event_id, Known& known);
  static void tell(const AdvanceMessage& advance, const Admitted& admitted, News& news);
  static void write(const AdvanceMessage& advance, const Admitted& admitted, WriteSet& set);
};

}  // namespace dundun
