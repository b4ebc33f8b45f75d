// The part of admission that is about campaigns, and what both parts share.
#pragma once

#include "common/journal/admission.h"

namespace dundun {

Decision refuse(Receipt::Outcome outcome, const Uuid& message_id);

// Changes a wallet; the line is its ledger entry.
LedgerLine post(WalletState& wallet, LedgerLine::Type type, Micros amount_micros);

// A key that was seen before: replay, still running, or another body.
std::optional<Decision> answer_of_key(int64_t account_id, const std::optional<IdempotencyKey>& key,
                                      const Known& known);

// Decides AcceptCampaign, ExpandCampaign and SteerCampaign.
Decision decide_campaign(const Change& change, Known& known);

}  // namespace dundun
