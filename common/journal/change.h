// What a caller hands to the journal and what it gets back after the commit.
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

// The right to submit some messages and to record what became of it (table claims). It ends with
// its lease, or with the record of its last message.
struct Claim {
  Uuid token;
  int size = 0;  // messages that were claimed together
};

// A message leaves only between these times of day by the clocks of `zone`; over midnight if
// `closes` is not after `opens`.
struct DeliveryWindow {
  int16_t opens;  // minutes after midnight
  int16_t closes;
  std::string zone;  // IANA name
};

// What the caller of a send had named, as bits of AcceptMessage::named.
inline constexpr int16_t kRouteNamed = 1;
inline constexpr int16_t kSenderNamed = 2;

// A message enters: charge, row, timeline, due row, in one go. Without scheduled_at the caller
// owns the message (under the receipt's claim, for `lease`) and submits it next.
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
  std::optional<Uuid> batch_id;  // a campaign's: paid with it
  std::optional<Uuid> retry_of;  // counts a retry of that message, which must be `failed`
  std::optional<Instant> not_after;
  std::optional<DeliveryWindow> window;
  std::optional<VerifyCode> code;  // what it carries is a one-time code
  std::optional<IdempotencyKey> idempotency;
  // Why it goes where it goes: the configuration that decided, and what the caller had named. A
  // campaign's plan says it for its messages.
  std::optional<int64_t> config_version;
  int16_t named = 0;
  std::optional<StoredAnswer> answer;  // kept with the key at once, where it is known beforehand
  std::string app_id;                  // app_…, or empty
  std::string user_ref;                // the app's own name for who sends, or empty
  std::string carrier;                 // who is asked first, if it leaves now; empty: not known
  bool despite_opt_out = false;        // the answer to a STOP
};

// What becomes of the message's place in the queue.
enum class DispatchStep {
  kKeep,        // not our business (a DLR)
  kFinish,      // left or failed for good; needs the claim
  kReschedule,  // waits again, until `due_at`; needs the claim
  kReroute,     // another carrier is asked next; needs the claim, which goes on
  kWithdraw,    // cancel: only while it waits and nobody has claimed it
  kMove,        // another `due_at`; under the same condition
};

// The loopback carrier's plan for one receipt, stored with the change that records the submit.
struct PlannedReceipt {
  std::string word;  // DELIVRD …
  std::chrono::milliseconds after;
};

// One event in the life of a message. The state machine (common/sms/status.h) decides whether
// the status moves; the timeline gets the event either way, once per event_key.
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
  // Refund in the same transaction if the status moves and no carrier ever accepted it (or the
  // account refunds any failure).
  bool refundable = false;
  // The carrier never took it, though a gateway before it had: refund all the same.
  bool never_taken = false;
  bool auto_retry = false;  // count it
  std::optional<std::string> error_code;
  std::optional<std::string> error_message;
  std::optional<std::string> dlr_status;
  std::optional<std::string> carrier_message_id;
  std::string known_to;  // the carrier whose receipts name it by that id only; or empty
  std::optional<std::string> carrier;  // who took it, or was asked last
  std::optional<std::string> held_by;  // for kReschedule: who may have it all the same
  std::vector<PlannedReceipt> receipts;
  std::optional<StoredAnswer> answer;
};

// Completes a key whose caller died between commit and answer.
struct StoreAnswer {
  int64_t account_id;
  StoredAnswer answer;
};

// One text to many: charged whole, made into messages later.
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

// A chunk of a campaign's messages, claimed by the caller as accepted ones are. Only while nobody
// else moved the cursor.
struct ExpandCampaign {
  int64_t account_id;
  Environment environment;
  Uuid batch_id;
  CampaignCursor from, to;
  std::vector<AcceptMessage> messages;
  Instant next_due;  // of the next chunk
  bool finished;     // there is no next one
};

// Money enters or leaves a wallet without a message. Its row in `payments`, made before, is what
// makes it happen once: a second credit of a paid payment is a kDuplicate, and so is one whose
// first commit had an unknown outcome. A row of another amount or environment is kNotAllowed.
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

// Something its users should read: a row of `notifications` and its event. Once per account and
// dedupe_key: a second one is a kDuplicate. Without a key it is always made.
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

struct Receipt {
  enum class Outcome {
    kCommitted,
    kInsufficientBalance,  // balance_micros says what is there
    kReplay,               // this key is done: `answer`
    kInProgress,           // this key's first request has not answered yet: `message_id`
    kKeyReused,            // this key belongs to another body
    kNotFound,             // no such message, payment or wallet of this account
    kNotAllowed,           // `status` forbids it, or another process owns the message
    kOptedOut,             // the recipient wants nothing from this account
    kTooManyRetries,       // retry_of has had all its retries
    kCodeRefused,          // `code_refusal` says why no code goes out
    kDuplicate,            // it was there already: nothing changed
  };
  Outcome outcome = Outcome::kCommitted;
  Uuid message_id;            // or the inbound message's
  Micros balance_micros = 0;  // of the wallet, after this change
  MessageStatus status = MessageStatus::kQueued;
  int retry_count = 0;       // of retry_of, this one included
  CampaignState campaign{};  // after a campaign's change
  Claim claim{};  // of a message accepted for now; without a token another process has it
  StoredAnswer answer{};
  VerifyRefusal code_refusal{};
  // kInProgress: since when, to tell a running request from a dead one.
  std::chrono::milliseconds age{0};
};

}  // namespace dundun
