// The part of admission for campaigns, and what all parts share.
#pragma once

#include "common/journal/admission.h"

namespace dundun {

Decision refuse(CommitResult::Outcome outcome, const Uuid& message_id);

// Changes a wallet; the result is its ledger entry.
LedgerLine post(WalletState& wallet, LedgerLine::Type type, Micros amount_micros);

// The decision if the key was seen before: kReplay, kInProgress or kKeyReused.
std::optional<Decision> answer_of_key(int64_t account_id, const std::optional<IdempotencyKey>& key,
                                      const Known& known);

// Decides AcceptCampaign, ExpandCampaign and SteerCampaign.
Decision decide_campaign(const Change& change, Known& known);

}  // namespace dundun
