#include "common/journal/admission.h"

namespace dundun {

using Outcome = CommitResult::Outcome;

Decision refuse(Outcome outcome, const Uuid& message_id) {
  Decision decision;
  decision.result.outcome = outcome;
  decision.result.message_id = message_id;
  return decision;
}

LedgerLine post(WalletState& wallet, LedgerLine::Type type, Micros amount_micros) {
  const Micros before = wallet.balance_micros;
  wallet.balance_micros += amount_micros;
  if (const std::optional<Micros>& low = wallet.low_balance_micros) {
    wallet.became_low = wallet.balance_micros < *low && (wallet.became_low || before >= *low);
  }
  wallet.seq += 1;
  wallet.changed = true;
  if (type == LedgerLine::Type::kCharge) wallet.charged_micros -= amount_micros;
  if (type == LedgerLine::Type::kRefund) wallet.refunded_micros += amount_micros;
  return {type, amount_micros, wallet.seq, wallet.balance_micros};
}

std::optional<Decision> answer_of_key(int64_t account_id, const std::optional<IdempotencyKey>& key,
                                      const Known& known) {
  if (!key) return std::nullopt;
  auto found = known.answers.find({account_id, key->key_hash});
  if (found == known.answers.end()) return std::nullopt;
  const AnswerState& seen = found->second;
  Decision decision = refuse(Outcome::kKeyReused, seen.message_id);
  decision.result.balance_micros = seen.balance_after_micros;
  decision.result.age = seen.age;
  if (seen.request_hash != key->request_hash) return decision;
  decision.result.outcome = seen.answer ? Outcome::kReplay : Outcome::kInProgress;
  if (seen.answer) decision.result.answer = *seen.answer;
  return decision;
}

Decision decide(const Change& change, const Uuid& event_id, Known& known) {
  return std::visit(
      [&]<class Kind>(const Kind& kind) { return ChangeKind<Kind>::decide(kind, event_id, known); },
      change);
}

}  // namespace dundun
