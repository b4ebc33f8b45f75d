#include "common/journal/admission.h"

#include "common/journal/campaign_admission.h"
#include "common/journal/verify_admission.h"

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

namespace {

void remember_accepted(const AcceptMessage& accept, const Decision& decision, Known& known) {
  MessageState& message = known.messages[{accept.account_id, accept.message_id}];
  message.environment = accept.environment;
  message.status = decision.result.status;
  message.cost_micros = accept.cost_micros;
  message.phone = accept.phone;
  message.route = accept.route;
  message.waiting = accept.scheduled_at.has_value();
  message.batch_id = accept.batch_id;
  if (!accept.idempotency) return;
  AnswerState& answer = known.answers[{accept.account_id, accept.idempotency->key_hash}];
  answer.request_hash = accept.idempotency->request_hash;
  answer.message_id = accept.message_id;
  answer.balance_after_micros = decision.result.balance_micros;
  answer.answer = accept.answer;
}

// Why the message to be sent again may not be, if so.
std::optional<Decision> refuse_retry(const AcceptMessage& accept, const Known& known) {
  if (!accept.retry_of) return std::nullopt;
  auto found = known.messages.find({accept.account_id, *accept.retry_of});
  if (found == known.messages.end()) return refuse(Outcome::kNotFound, *accept.retry_of);
  const MessageState& original = found->second;
  Decision decision = refuse(Outcome::kNotAllowed, *accept.retry_of);
  decision.result.status = original.status;
  if (original.status != MessageStatus::kFailed) return decision;
  if (original.retry_count - original.auto_retries < kManualRetriesMax) return std::nullopt;
  decision.result.outcome = Outcome::kTooManyRetries;
  return decision;
}

Decision decide_accept(const AcceptMessage& accept, Known& known) {
  const MessageKey key{accept.account_id, accept.message_id};
  const MessageStatus status =
      accept.scheduled_at ? MessageStatus::kScheduled : MessageStatus::kQueued;
  // The commit of an earlier try of this very change had happened after all.
  if (auto done = known.committed_charges.find(key); done != known.committed_charges.end()) {
    Decision decision = refuse(Outcome::kCommitted, accept.message_id);
    decision.result.balance_micros = done->second.balance_after_micros;
    decision.result.claim = done->second.claim;
    decision.result.status = status;
    return decision;
  }
  auto wallet = known.wallets.find({accept.account_id, accept.environment});
  if (wallet == known.wallets.end()) return refuse(Outcome::kNotFound, accept.message_id);
  if (auto seen = answer_of_key(accept.account_id, accept.idempotency, known)) return *seen;
  if (auto refused = refuse_retry(accept, known)) return *refused;
  const OptOutKey recipient{accept.account_id, accept.environment, accept.phone};
  if (!accept.despite_opt_out && known.opt_outs.contains(recipient)) {
    return refuse(Outcome::kOptedOut, accept.message_id);
  }
  if (auto refused = refuse_code(accept, known)) return *refused;
  if (wallet->second.balance_micros < accept.cost_micros) {
    Decision decision = refuse(Outcome::kInsufficientBalance, accept.message_id);
    decision.result.balance_micros = wallet->second.balance_micros;
    return decision;
  }
  Decision decision;
  decision.apply = true;
  decision.moved = true;
  decision.ledger = post(wallet->second, LedgerLine::Type::kCharge, -accept.cost_micros);
  decision.result.message_id = accept.message_id;
  decision.result.balance_micros = wallet->second.balance_micros;
  decision.result.status = status;
  if (accept.retry_of) {
    decision.result.retry_count =
        ++known.messages[{accept.account_id, *accept.retry_of}].retry_count;
  }
  admit_code(accept, known);
  remember_accepted(accept, decision, known);
  return decision;
}

bool owns(const AdvanceMessage& advance, const MessageState& message, const Known& known) {
  switch (advance.dispatch) {
    case DispatchStep::kKeep:
      return true;
    case DispatchStep::kWithdraw:
    case DispatchStep::kMove:
      return message.waiting;
    case DispatchStep::kFinish:
    case DispatchStep::kReschedule:
      return known.claims.contains(advance.claim.token);
    case DispatchStep::kReroute:  // not if its fate is known by now
      return known.claims.contains(advance.claim.token) && message.status == advance.to;
  }
  return false;
}

bool is_failure(MessageStatus status) {
  return status == MessageStatus::kFailed || status == MessageStatus::kCancelled ||
         status == MessageStatus::kExpired;
}

// A refunded message stays failed even if the handset got it after all: the money went back, and
// the timeline keeps the late receipt.
bool moves(const AdvanceMessage& advance, const MessageState& message) {
  if (advance.to == message.status || !may_move(message.status, advance.to)) return false;
  return !(message.refunded && advance.to == MessageStatus::kDelivered);
}

void refund_if_due(const AdvanceMessage& advance, MessageState& message, Known& known,
                   Decision& decision) {
  if (!advance.refundable || !decision.moved || !is_failure(advance.to)) return;
  if (message.refunded || message.cost_micros == 0) return;
  auto wallet = known.wallets.find({advance.account_id, message.environment});
  if (wallet == known.wallets.end()) return;
  const bool was_taken = message.accepted_by_carrier && !advance.never_taken;
  if (was_taken && !wallet->second.refund_on_any_failure) return;
  decision.ledger = post(wallet->second, LedgerLine::Type::kRefund, message.cost_micros);
  decision.refunded = true;
  message.refunded = true;
  decision.result.balance_micros = wallet->second.balance_micros;
}

void apply_advance(const AdvanceMessage& advance, MessageState& message, Decision& decision) {
  decision.moved = moves(advance, message);
  decision.from = message.status;
  if (decision.moved) message.status = advance.to;
  if (advance.carrier) message.carrier = *advance.carrier;
  decision.result.status = message.status;
  if (advance.dispatch == DispatchStep::kReschedule) message.waiting = true;
  if (advance.dispatch == DispatchStep::kWithdraw) message.waiting = false;
}

Decision decide_advance(const AdvanceMessage& advance, const Uuid& event_id, Known& known) {
  const MessageKey key{advance.account_id, advance.message_id};
  auto found = known.messages.find(key);
  if (found == known.messages.end()) return refuse(Outcome::kNotFound, advance.message_id);
  MessageState& message = found->second;
  auto [event, is_new] = known.events.try_emplace({key, advance.event_key}, event_id);
  if (!is_new) {
    const bool was_us = event->second == event_id;
    Decision decision =
        refuse(was_us ? Outcome::kCommitted : Outcome::kDuplicate, advance.message_id);
    decision.result.status = message.status;
    return decision;
  }
  const bool withdraw = advance.dispatch == DispatchStep::kWithdraw;
  if (!owns(advance, message, known) || (withdraw && !may_move(message.status, advance.to))) {
    known.events.erase(event);
    Decision decision = refuse(Outcome::kNotAllowed, advance.message_id);
    decision.result.status = message.status;
    return decision;
  }
  Decision decision;
  decision.apply = true;
  decision.result.message_id = advance.message_id;
  apply_advance(advance, message, decision);
  refund_if_due(advance, message, known, decision);
  if (advance.to == MessageStatus::kSubmitted || advance.to == MessageStatus::kSent ||
      advance.to == MessageStatus::kDelivered) {
    message.accepted_by_carrier = true;
  }
  return decision;
}

Decision decide_answer(const StoreAnswer& store, Known& known) {
  auto found = known.answers.find({store.account_id, store.answer.key_hash});
  if (found == known.answers.end()) return refuse(Outcome::kNotFound, {});
  Decision decision = refuse(Outcome::kReplay, found->second.message_id);
  if (found->second.answer) {
    decision.result.answer = *found->second.answer;
    return decision;
  }
  found->second.answer = store.answer;
  decision.apply = true;
  decision.result.outcome = Outcome::kCommitted;
  return decision;
}

LedgerLine::Type line_type(CreditWallet::Kind kind) {
  switch (kind) {
    case CreditWallet::Kind::kPayment:
      return LedgerLine::Type::kCredit;
    case CreditWallet::Kind::kManualCredit:
      return LedgerLine::Type::kManualCredit;
    case CreditWallet::Kind::kManualDebit:
      return LedgerLine::Type::kManualDebit;
  }
  return LedgerLine::Type::kCredit;
}

Decision decide_credit(const CreditWallet& credit, Known& known) {
  auto wallet = known.wallets.find({credit.account_id, credit.environment});
  auto payment = known.payments.find({credit.account_id, credit.payment_id});
  if (wallet == known.wallets.end() || payment == known.payments.end()) {
    return refuse(Outcome::kNotFound, {});
  }
  Decision decision;
  decision.result.balance_micros = wallet->second.balance_micros;
  if (payment->second.environment != credit.environment ||
      payment->second.amount_micros != credit.amount_micros) {
    decision.result.outcome = Outcome::kNotAllowed;
  } else if (payment->second.paid) {
    decision.result.outcome = Outcome::kDuplicate;
  } else if (wallet->second.balance_micros < -credit.amount_micros) {
    decision.result.outcome = Outcome::kInsufficientBalance;
  } else {
    decision.apply = true;
    decision.ledger = post(wallet->second, line_type(credit.kind), credit.amount_micros);
    decision.result.balance_micros = wallet->second.balance_micros;
    payment->second.paid = true;
  }
  return decision;
}

Decision decide_notify(const Notify& notify, const Uuid& event_id, Known& known) {
  const auto [place, is_new] =
      known.notices.try_emplace({notify.account_id, notify.dedupe_key}, event_id);
  if (!is_new)
    return refuse(place->second == event_id ? Outcome::kCommitted : Outcome::kDuplicate, {});
  Decision decision;
  decision.apply = true;
  return decision;
}

Decision decide_inbound(const RecordInbound& record, Known& known) {
  const InboundKey key{record.account_id, record.carrier, record.carrier_message_id};
  const auto [place, is_new] = known.inbound.try_emplace(key, record.inbound_id);
  const bool was_us = place->second == record.inbound_id;
  Decision decision = refuse(was_us ? Outcome::kCommitted : Outcome::kDuplicate, place->second);
  if (!is_new) return decision;
  decision.apply = true;
  const OptOutKey sender{record.account_id, record.environment, record.from};
  if (record.wish == OptOutWish::kStop) known.opt_outs.insert(sender);
  if (record.wish == OptOutWish::kStart) known.opt_outs.erase(sender);
  return decision;
}

}  // namespace

Decision decide(const Change& change, const Uuid& event_id, Known& known) {
  if (const auto* accept = std::get_if<AcceptMessage>(&change)) {
    return decide_accept(*accept, known);
  }
  if (const auto* advance = std::get_if<AdvanceMessage>(&change)) {
    return decide_advance(*advance, event_id, known);
  }
  if (const auto* store = std::get_if<StoreAnswer>(&change)) return decide_answer(*store, known);
  if (const auto* credit = std::get_if<CreditWallet>(&change)) {
    return decide_credit(*credit, known);
  }
  if (const auto* notify = std::get_if<Notify>(&change)) {
    return decide_notify(*notify, event_id, known);
  }
  if (const auto* record = std::get_if<RecordInbound>(&change)) {
    return decide_inbound(*record, known);
  }
  return decide_campaign(change, known);
}

}  // namespace dundun
