// What a caller hands to the journal (Change), and what it gets back after the commit
// (CommitResult).
#pragma once

#include <chrono>
#include <variant>

#include "common/base/ids.h"
#include "common/base/money.h"
#include "common/journal/changes/accept_message.h"
#include "common/journal/changes/advance_message.h"
#include "common/journal/changes/answer.h"
#include "common/journal/changes/campaign.h"
#include "common/journal/changes/inbound.h"
#include "common/journal/changes/notice.h"
#include "common/journal/changes/verify.h"
#include "common/journal/changes/wallet.h"
#include "common/journal/claim.h"
#include "common/sms/status.h"

namespace dundun {

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
    kSuspended,            // the account is suspended or closed: it buys nothing
    kRetryOpen,            // retry_of is being sent again, as `message_id`
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
