// What a caller hands to the journal (Change), and what it gets back after the commit
// (CommitResult).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/base/time.h"
#include "common/journal/campaign.h"
#include "common/journal/inbound.h"
#include "common/journal/verify.h"
#include "common/sms/encoding.h"
#include "common/sms/environment.h"
#include "common/sms/status.h"

namespace dundun {

// A client's Idempotency-Key, hashed with environment, method and path. Kept for
// at least 24 hours.
struct IdempotencyKey {
  std::string key_hash;      // 32 bytes
  std::string request_hash;  // 32 bytes: another body under the same key is refused
};

// The answer that a repeat of the key gets.
struct StoredAnswer {
  std::string key_hash;
  int16_t http_status;
  std::string body;
};

// The right to submit some messages and to record the outcomes (table claims). It ends with its
// lease, or when the outcome of its last message is recorded.
struct Claim {
  Uuid token;
  int size = 0;  // messages that were claimed together
};

// A message leaves only between these times of day, by the clocks of `zone`. The window goes over
// midnight if `closes` is not after `opens`.
struct DeliveryWindow {
  int16_t opens;  // minutes after midnight
  int16_t closes;
  std::string zone;  // IANA name
};

// What the caller of a send named in the request, as bits of AcceptMessage::named.
inline constexpr int16_t kRouteNamed = 1;
inline constexpr int16_t kSenderNamed = 2;

// A message enters: its charge, row, timeline and due row are written together. Without
// scheduled_at the caller owns the message, under the result's claim and for `lease`, and submits
// it next.
struct AcceptMessage {
  int64_t account_id;
  Environment environment;
  Uuid message_id;
  std::string phone;  // E.164
  std::string body;   // UTF-8
  std::string sender;
  std::string route;
  std::string country;
  int16_t segments;
  Encoding encoding;
  Micros cost_micros;  // wallet currency
  std::string cost_currency;
  Micros route_cost_micros;
  std::string route_currency;
  std::string fx_rate;      // for the statement, e.g. "UGX 3726 / KES 129.13 per USD"
  std::string description;  // of the ledger entry
  std::string source;       // api_key, session …
  std::optional<Instant> scheduled_at;
  std::chrono::milliseconds lease{30'000};
  std::optional<Uuid> batch_id;  // of a campaign, which paid for it
  std::optional<Uuid> retry_of;  // the `failed` message that this retries; counted there
  std::optional<Instant> not_after;
  std::optional<DeliveryWindow> window;
  std::optional<VerifyCode> code;  // set if the message carries a one-time code
  std::optional<IdempotencyKey> idempotency;
  // For explaining the route later: the version of the configuration that decided, and what the
  // caller named. Not set for a campaign's messages: the plan has both.
  std::optional<int64_t> config_version;
  int16_t named = 0;
  std::optional<StoredAnswer> answer;  // if it is known already: kept with the key at once
  std::string app_id;                  // app_…, or empty
  std::string user_ref;                // the app's own name for the user who sends, or empty
  std::string carrier;                 // asked first, if it leaves now; empty: not known
  bool despite_opt_out = false;        // for the answer to a STOP
};

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
  DispatchStep dispatch = DispatchStep::kKeep;
  Claim claim;                    // for kFinish, kReschedule and kReroute
  std::optional<Uuid> batch_id;   // needed with claimed_as
  std::string app_id;             // needed with claimed_as; empty: of no app
  std::optional<Instant> due_at;  // for kReschedule and kMove
  int16_t attempt = 1;            // submits so far, for kReschedule
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
  std::optional<std::string> dlr_status;
  std::optional<std::string> carrier_message_id;
  std::string known_to;  // the carrier whose receipts name it only by that id; or empty
  std::optional<std::string> carrier;  // took it, or was asked last
  std::optional<std::string> held_by;  // for kReschedule: the carrier that may still have it
  std::vector<PlannedReceipt> receipts;
  std::optional<StoredAnswer> answer;
};

// Keeps the answer for an idempotency key whose change is committed already.
struct StoreAnswer {
  int64_t account_id;
  StoredAnswer answer;
};

// A campaign, one text to many: charged whole now, made into messages later.
struct AcceptCampaign {
  int64_t account_id;
  Environment environment;
  Uuid batch_id;
  std::string body;
  std::string source;
  std::string description;  // of the ledger entry
  int32_t total;
  int64_t segments;
  Micros cost_micros;  // wallet currency
  std::string cost_currency;
  std::optional<int32_t> drip_rate;
  std::optional<Instant> scheduled_at;
  std::optional<CampaignWindow> window;
  std::optional<Instant> not_after;
  CampaignPlan plan;
  std::optional<IdempotencyKey> idempotency;
};

// Makes a chunk of a campaign's messages; the caller owns them as it owns accepted ones. Refused if
// the cursor is not at `from` any more.
struct ExpandCampaign {
  int64_t account_id;
  Environment environment;
  Uuid batch_id;
  CampaignCursor from, to;
  std::vector<AcceptMessage> messages;
  Instant next_due;  // of the next chunk
  bool finished;     // this is the last chunk
};

// Money enters or leaves a wallet without a message. Its row in `payments` is made before, and
// makes sure that this happens once: a second credit of a paid payment is a kDuplicate, also if the
// outcome of the first commit was unknown. kNotAllowed if the row has another amount or
// environment.
struct CreditWallet {
  enum class Kind { kPayment, kManualCredit, kManualDebit };
  int64_t account_id;
  Environment environment;
  Kind kind = Kind::kPayment;
  Uuid payment_id;
  Micros amount_micros;            // wallet currency; negative for a debit
  std::string description;         // of the ledger entry
  std::string provider_reference;  // the provider's id of what was paid, or empty
};

// A notice for the users of an account: a row of `notifications` and its event. A second one with
// the same account and dedupe_key is a kDuplicate. Without a dedupe_key it is always made.
struct Notify {
  int64_t account_id;
  Environment environment = Environment::kLive;
  std::string type;   // low_balance, campaign_finished, sender_approved …
  std::string title;  // plain text, as the body
  std::string body;
  std::string link;  // a path of the portal, /sender-ids
  std::string dedupe_key;
};

using Change = std::variant<AcceptMessage, AdvanceMessage, StoreAnswer, CreditWallet,
                            AcceptCampaign, ExpandCampaign, SteerCampaign, Notify, RecordInbound>;

struct CommitResult {
  enum class Outcome {
    kCommitted,
    kInsufficientBalance,  // balance_micros says what is there
    kReplay,               // this key has its answer: `answer`
    kInProgress,           // this key's first request has no answer yet: `message_id`
    kKeyReused,            // this key was used with another body
    kNotFound,             // no such message, payment or wallet of this account
    kNotAllowed,           // not in this `status`, or another process owns the message
    kOptedOut,             // the recipient wants no messages from this account
    kTooManyRetries,       // retry_of was retried as often as allowed
    kCodeRefused,          // `code_refusal` says why no code goes out
    kDuplicate,            // it was done before: nothing changed
  };
  Outcome outcome = Outcome::kCommitted;
  Uuid message_id;            // or the inbound message's
  Micros balance_micros = 0;  // of the wallet, after this change
  MessageStatus status = MessageStatus::kQueued;
  int retry_count = 0;       // of retry_of, this one included
  CampaignState campaign{};  // after a campaign's change
  Claim claim{};             // of a message accepted for now; no token: another process has it
  StoredAnswer answer{};
  VerifyRefusal code_refusal{};
  // kInProgress: how long ago the first request came, to tell a running one from a dead one.
  std::chrono::milliseconds age{0};
};

}  // namespace dundun
