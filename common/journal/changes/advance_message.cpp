#include "common/journal/changes/advance_message.h"

#include "common/journal/message_event.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

namespace {

bool ends_claim(const AdvanceMessage& advance) {
  return advance.dispatch == DispatchStep::kFinish || advance.dispatch == DispatchStep::kReschedule;
}

bool is_claimed(const AdvanceMessage& advance) {
  return ends_claim(advance) || advance.dispatch == DispatchStep::kReroute;
}

// Neither money nor an earlier state matters to these: the write checks that it was as claimed.
bool needs_no_read(const AdvanceMessage& advance, BatchMode mode) {
  return mode == BatchMode::kPlain && is_claimed(advance) && advance.claimed_as &&
         !advance.refundable;
}

MessageState as_claimed(const AdvanceMessage& advance) {
  MessageState message;
  message.environment = advance.environment;
  message.campaign_id = advance.campaign_id;
  message.app_id = advance.app_id;
  message.trace_id = advance.trace_id;
  message.status = *advance.claimed_as;
  message.expected = *advance.claimed_as;
  return message;
}

}  // namespace

bool ChangeKind<AdvanceMessage>::is_kept(const AdvanceMessage& advance) {
  return is_claimed(advance);
}

void ChangeKind<AdvanceMessage>::wants(const AdvanceMessage& advance, Reads& reads) {
  const MessageKey message{advance.account_id, advance.message_id};
  reads.webhooks.want({advance.account_id});
  if (needs_no_read(advance, reads.mode())) {
    reads.assume(message, as_claimed(advance));
  } else {
    reads.messages.want(message);
  }
  if (is_claimed(advance)) reads.claims.want({advance.claim.token});
  if (advance.dispatch == DispatchStep::kWithdraw || advance.dispatch == DispatchStep::kMove) {
    reads.dispatch.want(message);
  }
  if (advance.refundable) reads.wallets.want({advance.account_id, advance.environment});
  // A claim already makes its records unique; only unclaimed events can repeat.
  if (reads.mode() == BatchMode::kResolve || !is_claimed(advance)) {
    reads.events.want({advance.account_id, advance.message_id, advance.event_key});
  }
}

namespace {

constexpr PgArray::Type kMessageKey[] = {kInt8, kUuid};
constexpr PgArray::Type kClaimKey[] = {kUuid};
constexpr PgArray::Type kEventKey[] = {kInt8, kUuid, kText};

void take_message(const PgRows& rows, int n, std::map<MessageKey, MessageState>& messages) {
  constexpr auto& col = sql::journal_lock_messages;
  MessageState& message = messages[{rows.i64(n, col.account_id), rows.uuid(n, col.message_id)}];
  message.environment = Environment(rows.i16(n, col.environment));
  message.status = MessageStatus(rows.i16(n, col.status));
  message.cost_micros = rows.i64(n, col.cost_micros);
  message.refunded = rows.boolean(n, col.refunded);
  message.accepted_by_carrier = !rows.is_null(n, col.submitted_at);
  message.submitted_at = rows.maybe_instant(n, col.submitted_at);
  message.phone = rows.text(n, col.phone);
  message.route = rows.text(n, col.route);
  message.retry_count = rows.i16(n, col.retry_count);
  message.auto_retries = rows.i16(n, col.auto_retries);
  if (!rows.is_null(n, col.batch_id)) message.campaign_id = rows.uuid(n, col.batch_id);
  if (!rows.is_null(n, col.app_id)) message.app_id = rows.text(n, col.app_id);
  if (!rows.is_null(n, col.carrier_message_id))
    message.carrier_message_id = rows.text(n, col.carrier_message_id);
  if (!rows.is_null(n, col.carrier)) message.carrier = rows.text(n, col.carrier);
  if (!rows.is_null(n, col.last_retry)) message.last_retry = rows.uuid(n, col.last_retry);
  if (!rows.is_null(n, col.trace_id)) message.trace_id = rows.uuid(n, col.trace_id);
  message.retry_is_open = rows.boolean(n, col.is_being_resent);
}

void take_waiting(const PgRows& rows, int row, std::map<MessageKey, MessageState>& messages) {
  const auto found = messages.find({rows.i64(row, sql::journal_lock_dispatch.account_id),
                                    rows.uuid(row, sql::journal_lock_dispatch.message_id)});
  if (found != messages.end()) found->second.waiting = true;
}

void take_claim(const PgRows& rows, int row, std::set<Uuid>& claims) {
  claims.insert(rows.uuid(row, sql::journal_lock_claims.token));
}

void take_event(const PgRows& rows, int row, std::map<EventKey, Uuid>& events) {
  constexpr auto& col = sql::journal_read_events;
  const EventKey key{{rows.i64(row, col.account_id), rows.uuid(row, col.message_id)},
                     std::string(rows.text(row, col.event_key))};
  events.emplace(key, rows.uuid(row, col.event_id));
}

}  // namespace

constinit const ReadRule<MessageKey, decltype(Known::messages)> kMessageRead{
    &sql::journal_lock_messages, kMessageKey, in_id_order, &Known::messages, take_message};
constinit const ReadRule<MessageKey, decltype(Known::messages)> kDispatchRead{
    &sql::journal_lock_dispatch, kMessageKey, in_id_order, &Known::messages, take_waiting};
constinit const ReadRule<ClaimRef, decltype(Known::claims)> kClaimRead{
    &sql::journal_lock_claims, kClaimKey, in_key_order, &Known::claims, take_claim};
constinit const ReadRule<EventRef, decltype(Known::events)> kEventRead{
    &sql::journal_read_events, kEventKey, in_key_order, &Known::events, take_event};

namespace {

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

}  // namespace

Decision ChangeKind<AdvanceMessage>::decide(const AdvanceMessage& advance, const Uuid& event_id,
                                            Known& known) {
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

namespace {

MessageChange change_of(const AdvanceMessage& advance, const Admitted& admitted) {
  const MessageState& message =
      admitted.known.messages.at({advance.account_id, advance.message_id});
  MessageChange change{};
  change.event_id = admitted.event_id;
  change.message_id = advance.message_id;
  change.status = admitted.decision.result.status;
  if (advance.dlr_status) change.dlr_word = *advance.dlr_status;
  change.app_id = message.app_id;
  change.trace_id = message.trace_id;
  change.carrier_message_id = message.carrier_message_id;
  if (advance.carrier_message_id) change.carrier_message_id = *advance.carrier_message_id;
  const bool over =
      change.status == MessageStatus::kFailed || change.status == MessageStatus::kExpired;
  if (over && advance.error_message) change.error = *advance.error_message;
  return change;
}

}  // namespace

void ChangeKind<AdvanceMessage>::tell(const AdvanceMessage& advance, const Admitted& admitted,
                                      News& news) {
  if (!admitted.decision.moved) return;
  const MessageState& message =
      admitted.known.messages.at({advance.account_id, advance.message_id});
  if (advance.dlr_status && message.submitted_at) {
    news.receipts.push_back({message.carrier, news.at - *message.submitted_at});
  }
  news.publication.add(event_channel(advance.account_id, advance.environment),
                       message_status_event(change_of(advance, admitted), news.at));
}

namespace {

const std::string kNoRate;

// The message's row is its event.
bool is_in_row(const AdvanceMessage& advance, const Decision& decision) {
  return advance.regular_submit && decision.moved;
}

void update(const AdvanceMessage& a, const Admitted& admitted, const MessageState& message,
            WriteSet& set) {
  const Decision& decision = admitted.decision;
  const MessageKey key{a.account_id, a.message_id};
  const bool is_first = !set.messages.is_updated(key);
  MessageRows::Update& row = set.messages.update(key);
  if (is_in_row(a, decision)) row.submitted_event = admitted.event_id;
  row.only_submitted = is_first && row.submitted_event && message.expected;
  row.expected = message.expected;
  row.status = decision.result.status;
  if (decision.moved) row.moves = static_cast<int16_t>(row.moves + 1);
  row.accepted = row.accepted || a.to == MessageStatus::kSubmitted ||
                 a.to == MessageStatus::kSent || a.to == MessageStatus::kDelivered;
  row.refunded = row.refunded || decision.refunded;
  if (a.auto_retry) {
    row.retries = static_cast<int16_t>(row.retries + 1);
    row.auto_retries = static_cast<int16_t>(row.auto_retries + 1);
  }
  if (a.dispatch == DispatchStep::kMove) row.scheduled_at = a.due_at;
  if (a.dispatch == DispatchStep::kReschedule) row.submits = a.attempt;
  if (a.error_code) row.error_code = a.error_code;
  if (a.error_message) row.error_message = a.error_message;
  if (a.carrier_error_code) row.carrier_error_code = a.carrier_error_code;
  if (a.dlr_status) row.dlr_status = a.dlr_status;
  if (a.carrier_message_id) row.carrier_message_id = a.carrier_message_id;
  if (a.carrier) row.carrier = a.carrier;
}

void count_move(const AdvanceMessage& advance, const Decision& decision,
                const MessageState& message, const Known& known, WriteSet& set) {
  const MessageKey key{advance.account_id, advance.message_id};
  const MessageStatus status = decision.result.status;
  MessageRows& rows = set.messages;
  rows.count(key, advance.environment, message.campaign_id, decision.from, -1);
  rows.count(key, advance.environment, message.campaign_id, status, 1);
  rows.tell_webhook(key, status, advance.error_code, known);
  rows.count_ended(advance, message, decision.from, -1);
  rows.count_ended(advance, message, status, 1);
}

void refund(const AdvanceMessage& advance, const LedgerLine& line, const MessageState& message,
            WriteSet& set) {
  const std::string description = "Refund: SMS to " + message.phone + " via " + message.route +
                                  " (" + std::string(status_name(advance.to)) + ")";
  add_ledger({advance.account_id, advance.environment}, line,
             {advance.message_id, message.campaign_id, description, kNoRate}, set);
}

constexpr Table kWithdrawn{WritePlace::kWithdrawn, sql::journal_delete_dispatch, {kInt8, kUuid}};
constexpr Table kMoved{
    WritePlace::kMoved, sql::journal_move_dispatch, {kInt8, kUuid, kTimestamptz}};

void step_dispatch(const AdvanceMessage& advance, WriteSet& set) {
  const MessageKey key{advance.account_id, advance.message_id};
  switch (advance.dispatch) {
    case DispatchStep::kKeep:
    case DispatchStep::kFinish:
    case DispatchStep::kReroute:
      return;
    case DispatchStep::kWithdraw:
      set.row(kWithdrawn, advance.account_id, advance.message_id);
      return;
    case DispatchStep::kReschedule:
      add_to_queue(key, advance.due_at.value_or(now()), advance.attempt, advance.held_by, set);
      return;
    case DispatchStep::kMove: {
      const Instant due_at = advance.due_at.value_or(now());
      set.row(kMoved, advance.account_id, advance.message_id, due_at);
      set.hint(key, due_at);
      return;
    }
  }
}

constexpr Table kCarrierIds{
    WritePlace::kCarrierIds, sql::journal_insert_carrier_ids, {kText, kText, kInt8, kUuid}};

void add_advance(const AdvanceMessage& advance, const Uuid& event_id, WriteSet& set) {
  add_event({advance.account_id, advance.message_id}, event_id,
            {.key = advance.event_key,
             .event = advance.event,
             .status = advance.to,
             .detail = advance.detail,
             .metadata = unless_empty(advance.metadata)},
            set);
}

}  // namespace

void ChangeKind<AdvanceMessage>::write(const AdvanceMessage& advance, const Admitted& admitted,
                                       WriteSet& set) {
  const Decision& decision = admitted.decision;
  const MessageKey key{advance.account_id, advance.message_id};
  const MessageState& message = admitted.known.messages.at(key);
  update(advance, admitted, message, set);
  if (!is_in_row(advance, decision)) add_advance(advance, admitted.event_id, set);
  if (decision.moved) count_move(advance, decision, message, admitted.known, set);
  if (decision.ledger) refund(advance, *decision.ledger, message, set);
  step_dispatch(advance, set);
  for (const PlannedReceipt& planned : advance.receipts) {
    set.plan_receipt(key, advance.environment, planned.after, planned.word);
  }
  if (!advance.known_to.empty() && advance.carrier_message_id) {
    set.row(kCarrierIds, std::string_view(advance.known_to),
            std::string_view(*advance.carrier_message_id), advance.account_id, advance.message_id);
  }
  if (advance.answer) add_answer(advance.account_id, *advance.answer, set);
  if (ends_claim(advance)) set.record(advance.claim);
}

}  // namespace dundun
