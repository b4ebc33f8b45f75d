#include "common/journal/changes/accept_message.h"

#include "common/journal/message_event.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"
#include "sql/webhook_journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

void ChangeKind<AcceptMessage>::wants(const AcceptMessage& accept, Reads& reads) {
  const int64_t account_id = accept.account_id;
  reads.webhooks.want({account_id});
  reads.wallets.want({account_id, accept.environment});
  reads.opt_outs.want({account_id, accept.environment, accept.phone});
  if (accept.idempotency) reads.answers.want({account_id, accept.idempotency->key_hash});
  if (accept.retry_of) reads.messages.want({account_id, *accept.retry_of});
  if (accept.code) want_code(accept, reads);
  if (reads.mode() == BatchMode::kResolve) reads.charges.want({account_id, accept.message_id});
}

namespace {

constexpr PgArray::Type kChargeKey[] = {kInt8, kUuid};
constexpr PgArray::Type kWebhookKey[] = {kInt8};

void take_charge(const PgRows& rows, int row, std::map<MessageKey, CommittedCharge>& charges) {
  constexpr auto& col = sql::journal_read_charges;
  CommittedCharge& charge =
      charges[{rows.i64(row, col.account_id), rows.uuid(row, col.message_id)}];
  charge.balance_after_micros = rows.i64(row, col.balance_after_micros);
  if (!rows.is_null(row, col.token))
    charge.claim = {rows.uuid(row, col.token), rows.i32(row, col.claim_size)};
}

void take_webhook(const PgRows& rows, int row, std::map<int64_t, int32_t>& webhooks) {
  webhooks[rows.i64(row, sql::journal_read_webhooks.account_id)] =
      rows.i32(row, sql::journal_read_webhooks.events);
}

}  // namespace

constinit const ReadRule<MessageKey, decltype(Known::committed_charges)> kChargeRead{
    &sql::journal_read_charges, kChargeKey, in_id_order, &Known::committed_charges, take_charge};
constinit const ReadRule<AccountRef, decltype(Known::webhooks)> kWebhookRead{
    &sql::journal_read_webhooks, kWebhookKey, in_key_order, &Known::webhooks, take_webhook};

namespace {

void remember_accepted(const AcceptMessage& accept, const Decision& decision, Known& known) {
  MessageState& message = known.messages[{accept.account_id, accept.message_id}];
  message.environment = accept.environment;
  message.status = decision.result.status;
  message.cost_micros = accept.cost_micros;
  message.phone = accept.phone;
  message.route = accept.route;
  message.waiting = accept.scheduled_at.has_value();
  message.campaign_id = accept.campaign_id;
  message.trace_id = accept.trace_id;
  if (!accept.idempotency) return;
  AnswerState& answer = known.answers[{accept.account_id, accept.idempotency->key_hash}];
  answer.request_hash = accept.idempotency->request_hash;
  answer.message_id = accept.message_id;
  answer.balance_after_micros = decision.result.balance_micros;
  answer.answer = accept.answer;
}

// The commit of an earlier try of this very change had happened after all.
std::optional<Decision> committed_before(const AcceptMessage& accept, MessageStatus status,
                                         const Known& known) {
  const auto done = known.committed_charges.find({accept.account_id, accept.message_id});
  if (done == known.committed_charges.end()) return std::nullopt;
  Decision decision = refuse(Outcome::kCommitted, accept.message_id);
  decision.result.balance_micros = done->second.balance_after_micros;
  decision.result.claim = done->second.claim;
  decision.result.status = status;
  return decision;
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
  if (original.retry_is_open) return refuse(Outcome::kRetryOpen, *original.last_retry);
  if (original.retry_count - original.auto_retries < kManualRetriesMax) return std::nullopt;
  decision.result.outcome = Outcome::kTooManyRetries;
  return decision;
}

}  // namespace

Decision ChangeKind<AcceptMessage>::decide(const AcceptMessage& accept, const Uuid&, Known& known) {
  const MessageStatus status =
      accept.scheduled_at ? MessageStatus::kScheduled : MessageStatus::kQueued;
  if (auto done = committed_before(accept, status, known)) return *done;
  auto wallet = known.wallets.find({accept.account_id, accept.environment});
  if (wallet == known.wallets.end()) return refuse(Outcome::kNotFound, accept.message_id);
  if (auto seen = answer_of_key(accept.account_id, accept.idempotency, known)) return *seen;
  if (wallet->second.account != AccountStatus::kActive) {
    return refuse(Outcome::kSuspended, accept.message_id);
  }
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
  decision.claims = accept.scheduled_at ? 0 : 1;
  decision.ledger = post(wallet->second, LedgerLine::Type::kCharge, -accept.cost_micros);
  decision.result.message_id = accept.message_id;
  decision.result.balance_micros = wallet->second.balance_micros;
  decision.result.status = status;
  if (accept.retry_of) {
    MessageState& original = known.messages[{accept.account_id, *accept.retry_of}];
    original.last_retry = accept.message_id;
    original.retry_is_open = true;
    decision.result.retry_count = ++original.retry_count;
  }
  admit_code(accept, known);
  remember_accepted(accept, decision, known);
  return decision;
}

void ChangeKind<AcceptMessage>::tell(const AcceptMessage& accept, const Admitted& admitted,
                                     News& news) {
  const CommitResult& result = admitted.decision.result;
  news.publication.add(event_channel(accept.account_id, accept.environment),
                       message_status_event({.event_id = admitted.event_id,
                                             .message_id = result.message_id,
                                             .status = result.status,
                                             .dlr_word = {},
                                             .app_id = accept.app_id,
                                             .carrier_message_id = {},
                                             .error = {},
                                             .trace_id = accept.trace_id},
                                            news.at));
}

constexpr Table kMessages{
    WritePlace::kMessages,
    sql::journal_insert_messages,
    {kInt8, kUuid, kInt2, kInt2, kInt2, kInt2, kInt8,        kInt8, kText,        kText,
     kText, kText, kText, kText, kText, kText, kTimestamptz, kUuid, kTimestamptz, kInt2,
     kInt2, kText, kUuid, kText, kText, kText, kInt8,        kInt2, kUuid}};

void add_message(const AcceptMessage& a, MessageStatus status, const Known& known, WriteSet& set) {
  set.row(kMessages, a.account_id, a.message_id, a.environment, static_cast<int16_t>(status),
          a.segments, static_cast<int16_t>(a.encoding), a.cost_micros, a.route_cost_micros,
          std::string_view(a.cost_currency), std::string_view(a.route_currency),
          std::string_view(a.route), std::string_view(a.country), std::string_view(a.phone),
          std::string_view(a.sender), std::string_view(a.body), std::string_view(a.source),
          a.scheduled_at, a.retry_of, a.not_after,
          a.window ? std::optional(a.window->opens) : std::nullopt,
          a.window ? std::optional(a.window->closes) : std::nullopt,
          a.window ? std::optional<std::string_view>(a.window->zone) : std::nullopt, a.campaign_id,
          unless_empty(a.app_id), unless_empty(a.user_ref),
          a.code ? std::optional<std::string_view>(a.code->shown_body) : std::nullopt,
          a.config_version, a.named, a.trace_id);
  const MessageKey key{a.account_id, a.message_id};
  set.messages.count(key, a.environment, a.campaign_id, status, 1);
  set.messages.tell_webhook(key, status, std::nullopt, known);
  if (a.scheduled_at) {
    add_to_queue(key, *a.scheduled_at, 0, std::nullopt, set);
  } else {
    set.claim(key, a.carrier, a.lease);
  }
}

namespace {

// The message that is sent again keeps its state; its timeline says what was done.
void add_retry(const AcceptMessage& accept, const Admitted& admitted, WriteSet& set) {
  const MessageKey key{accept.account_id, *accept.retry_of};
  const MessageState& original = admitted.known.messages.at(key);
  MessageRows::Update& row = set.messages.update(key);
  row.status = original.status;
  row.retries = static_cast<int16_t>(row.retries + 1);
  row.last_retry = accept.message_id;
  const std::string event_key = "retried:" + to_string(accept.message_id);
  const std::string detail = "Sent again as " + message_id_text(accept.message_id);
  add_event(key, admitted.event_id,
            {.key = event_key,
             .event = "retried",
             .status = original.status,
             .detail = detail,
             .metadata = {}},
            set);
}

}  // namespace

void ChangeKind<AcceptMessage>::write(const AcceptMessage& accept, const Admitted& admitted,
                                      WriteSet& set) {
  const CommitResult& result = admitted.decision.result;
  add_message(accept, result.status, admitted.known, set);
  if (accept.retry_of) add_retry(accept, admitted, set);
  add_ledger({accept.account_id, accept.environment}, *admitted.decision.ledger,
             {accept.message_id, std::nullopt, accept.description, accept.fx_rate}, set);
  if (accept.idempotency) {
    add_key(accept.account_id, *accept.idempotency, accept.message_id, result.balance_micros,
            accept.answer, set);
  }
  if (accept.code) add_code(accept, set);
}

}  // namespace dundun
