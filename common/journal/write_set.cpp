#include "common/journal/write_set.h"

#include <utility>

#include "sql/journal.h"
#include "sql/webhook_journal.h"

namespace dundun {
namespace {

using enum PgArray::Type;

int16_t number(Environment environment) { return static_cast<int16_t>(environment); }
int16_t number(MessageStatus status) { return static_cast<int16_t>(status); }
int16_t number(Encoding encoding) { return static_cast<int16_t>(encoding); }

std::optional<std::string_view> unless_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return std::string_view(text);
}

constexpr std::chrono::days kDay{1};
const std::string kNoRate;

}  // namespace

Columns::Columns(const Statement& statement, std::initializer_list<PgArray::Type> types)
    : statement_(statement) {
  for (PgArray::Type type : types) arrays_.emplace_back(type);
}

Pg::Call Columns::call() const {
  Pg::Call call{&statement_, {}};
  call.params.reserve(arrays_.size());
  for (const PgArray& array : arrays_) call.params.push_back(array.finish());
  return call;
}

WriteSet::WriteSet(int16_t shard)
    : shard_(shard),
      messages_(sql::journal_insert_messages,
                {kInt8, kUuid, kInt2, kInt2, kInt2, kInt2, kInt8,        kInt8, kText,        kText,
                 kText, kText, kText, kText, kText, kText, kTimestamptz, kUuid, kTimestamptz, kInt2,
                 kInt2, kText, kUuid, kText, kText, kText, kInt8,        kInt2}),
      dispatch_(sql::journal_insert_dispatch, {kInt8, kUuid, kTimestamptz, kInt2, kText}),
      ledger_(sql::journal_insert_ledger,
              {kInt8, kInt2, kInt8, kInt2, kInt8, kInt8, kUuid, kText, kText, kUuid}),
      wallets_(sql::journal_update_wallets, {kInt8, kInt2, kInt8, kInt8}),
      updates_(sql::journal_update_messages,
               {kInt8, kUuid, kInt2, kBool, kBool, kText, kText, kText, kText, kInt2, kInt2, kInt2,
                kTimestamptz, kInt2, kInt2, kText}),
      events_(sql::journal_insert_events, {kInt8, kUuid, kText, kText, kInt2, kText, kText, kUuid}),
      withdrawn_(sql::journal_delete_dispatch, {kInt8, kUuid}),
      moved_(sql::journal_move_dispatch, {kInt8, kUuid, kTimestamptz}),
      daily_(sql::journal_add_daily, {kInt8, kInt2, kDate, kInt2, kInt8, kInt8, kInt8, kInt8, kInt8,
                                      kInt8, kInt8, kInt8, kInt8}),
      route_hours_(sql::journal_add_route_hours, {kText, kText, kTimestamptz, kInt2, kInt8, kInt8}),
      batch_counts_(sql::journal_add_batch_counts, {kInt8, kUuid, kInt2, kInt8, kInt8, kInt8, kInt8,
                                                    kInt8, kInt8, kInt8, kInt8, kInt8}),
      campaigns_(sql::journal_update_campaigns, {kInt8, kUuid, kInt2, kInt4, kInt8, kInt4, kInt8,
                                                 kInt8, kInt4, kTimestamptz, kTimestamptz}),
      keys_(sql::journal_insert_keys, {kInt8, kBytea, kBytea, kUuid, kInt8, kInt2, kText}),
      answers_(sql::journal_store_answers, {kInt8, kBytea, kInt2, kText}),
      credits_(sql::journal_insert_credits,
               {kInt8, kUuid, kInt2, kInt8, kInt2, kInt8, kInt8, kText, kText}),
      deliveries_(sql::journal_insert_deliveries, {kInt8, kUuid, kInt2, kText, kInt2}),
      notifications_(sql::journal_insert_notifications,
                     {kInt8, kInt8, kInt2, kText, kText, kText, kText, kText, kUuid}),
      inbound_(sql::journal_insert_inbound, {kInt8, kUuid, kInt2, kText, kText, kText, kText, kText,
                                             kText, kText, kInt2, kBool}),
      opt_outs_(sql::journal_add_opt_outs, {kInt8, kInt2, kText, kUuid}),
      opt_ins_(sql::journal_remove_opt_outs, {kInt8, kInt2, kText}),
      inbound_deliveries_(sql::journal_insert_inbound_deliveries, {kInt8, kUuid}),
      carrier_ids_(sql::journal_insert_carrier_ids, {kText, kText, kInt8, kUuid}),
      claimed_accounts_(kInt8),
      claimed_messages_(kUuid),
      claimed_carriers_(kText) {}

void WriteSet::add(const AcceptMessage& a, const Entry& entry, const Decision& decision,
                   const Known& known) {
  const CommitResult& result = decision.result;
  add_row(a, result.status, known);
  if (a.retry_of) add_retry(a, entry, known);
  add_ledger(a.account_id, a.environment, *decision.ledger,
             {a.message_id, std::nullopt, a.description, a.fx_rate});
  if (a.idempotency) {
    add_key(a.account_id, *a.idempotency, a.message_id, result.balance_micros, a.answer);
  }
  if (a.code) add_code(a);
}

void WriteSet::add_key(int64_t account_id, const IdempotencyKey& key, const Uuid& id,
                       Micros balance_after_micros, const std::optional<StoredAnswer>& answer) {
  keys_.row(account_id, std::string_view(key.key_hash), std::string_view(key.request_hash), id,
            balance_after_micros, answer ? std::optional(answer->http_status) : std::nullopt,
            answer ? std::optional<std::string_view>(answer->body) : std::nullopt);
}

// The message, its place in the queue or the claim, and its count.
void WriteSet::add_row(const AcceptMessage& a, MessageStatus status, const Known& known) {
  messages_.row(a.account_id, a.message_id, number(a.environment), number(status), a.segments,
                number(a.encoding), a.cost_micros, a.route_cost_micros,
                std::string_view(a.cost_currency), std::string_view(a.route_currency),
                std::string_view(a.route), std::string_view(a.country), std::string_view(a.phone),
                std::string_view(a.sender), std::string_view(a.body), std::string_view(a.source),
                a.scheduled_at, a.retry_of, a.not_after,
                a.window ? std::optional(a.window->opens) : std::nullopt,
                a.window ? std::optional(a.window->closes) : std::nullopt,
                a.window ? std::optional<std::string_view>(a.window->zone) : std::nullopt,
                a.batch_id, unless_empty(a.app_id), unless_empty(a.user_ref),
                a.code ? std::optional<std::string_view>(a.code->shown_body) : std::nullopt,
                a.config_version, a.named);
  count(a.account_id, a.environment, a.message_id, a.batch_id, status, 1);
  tell({a.account_id, a.message_id}, status, std::nullopt, known);
  if (!a.scheduled_at) {
    claimed_accounts_.add(a.account_id);
    claimed_messages_.add(a.message_id);
    claimed_carriers_.add(unless_empty(a.carrier));
    lease_ = a.lease;
  } else {
    dispatch_.row(a.account_id, a.message_id, *a.scheduled_at, int16_t{0},
                  std::optional<std::string_view>());
    due_hints_.push_back({a.account_id, a.message_id, unix_micros(*a.scheduled_at) / 1000});
  }
}

// The message that is sent again keeps its state; its timeline says what was done.
void WriteSet::add_retry(const AcceptMessage& a, const Entry& entry, const Known& known) {
  const MessageState& original = known.messages.at({a.account_id, *a.retry_of});
  MessageUpdate& row = message_updates_[{*a.retry_of, a.account_id}];
  row.status = original.status;
  row.retries = static_cast<int16_t>(row.retries + 1);
  events_.row(a.account_id, *a.retry_of, std::string_view("retried:" + to_string(a.message_id)),
              std::string_view("retried"), number(original.status),
              std::string_view("Sent again as " + message_id_text(a.message_id)),
              std::optional<std::string_view>(), entry.event_id);
}

void WriteSet::add(const AdvanceMessage& a, const Entry& entry, const Decision& decision,
                   const Known& known) {
  const MessageStatus status = decision.result.status;
  const MessageState& message = known.messages.at({a.account_id, a.message_id});
  update(a, decision, known);
  events_.row(a.account_id, a.message_id, std::string_view(a.event_key), std::string_view(a.event),
              number(a.to), std::string_view(a.detail), unless_empty(a.metadata), entry.event_id);
  if (decision.moved) {
    const std::optional<Uuid>& batch = message.batch_id;
    count(a.account_id, a.environment, a.message_id, batch, decision.from, -1);
    count(a.account_id, a.environment, a.message_id, batch, status, 1);
    tell({a.account_id, a.message_id}, status, a.error_code, known);
    count_ended(a, message, decision.from, -1);
    count_ended(a, message, status, 1);
  }
  if (decision.ledger) {
    const std::string description = "Refund: SMS to " + message.phone + " via " + message.route +
                                    " (" + std::string(status_name(a.to)) + ")";
    add_ledger(a.account_id, a.environment, *decision.ledger,
               {a.message_id, message.batch_id, description, kNoRate});
  }
  step_dispatch(a);
  for (const PlannedReceipt& planned : a.receipts) plan_receipt(a, planned);
  if (!a.known_to.empty() && a.carrier_message_id) {
    carrier_ids_.row(std::string_view(a.known_to), std::string_view(*a.carrier_message_id),
                     a.account_id, a.message_id);
  }
  if (a.answer) {
    answers_.row(a.account_id, std::string_view(a.answer->key_hash), a.answer->http_status,
                 std::string_view(a.answer->body));
  }
}

void WriteSet::update(const AdvanceMessage& a, const Decision& decision, const Known& known) {
  MessageUpdate& row = message_updates_[{a.message_id, a.account_id}];
  row.expected = known.messages.at({a.account_id, a.message_id}).expected;
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
  if (a.dlr_status) row.dlr_status = a.dlr_status;
  if (a.carrier_message_id) row.carrier_message_id = a.carrier_message_id;
  if (a.carrier) row.carrier = a.carrier;
}

void WriteSet::add_updates() {
  for (const auto& [key, row] : message_updates_) {
    updates_.row(key.second, key.first, number(row.status), row.accepted, row.refunded,
                 row.error_code, row.error_message, row.dlr_status, row.carrier_message_id,
                 row.expected ? std::optional<int16_t>(number(*row.expected)) : std::nullopt,
                 row.retries, row.auto_retries, row.scheduled_at, row.submits, row.moves,
                 row.carrier);
  }
}

void WriteSet::add(const StoreAnswer& store, const Entry&, const Decision&, const Known&) {
  answers_.row(store.account_id, std::string_view(store.answer.key_hash), store.answer.http_status,
               std::string_view(store.answer.body));
}

void WriteSet::add(const CreditWallet& c, const Entry&, const Decision& decision, const Known&) {
  const LedgerLine& line = *decision.ledger;
  credits_.row(c.account_id, c.payment_id, number(c.environment), line.seq,
               static_cast<int16_t>(line.type), line.amount_micros, line.balance_after_micros,
               std::string_view(c.description), unless_empty(c.provider_reference));
}

void WriteSet::add(const std::vector<Notification>& notifications) {
  for (const Notification& made : notifications) {
    const Notify& what = made.what;
    notifications_.row(what.account_id, made.id, number(what.environment),
                       std::string_view(what.type), std::string_view(what.title),
                       std::string_view(what.body), std::string_view(what.link),
                       unless_empty(what.dedupe_key), made.event_id);
  }
}

void WriteSet::plan_receipt(const AdvanceMessage& a, const PlannedReceipt& planned) {
  std::vector<PgArray>& columns = receipts_[planned.after.count()];
  if (columns.empty()) {
    for (PgArray::Type type : {kInt8, kInt2, kUuid, kText}) columns.emplace_back(type);
  }
  columns[0].add(a.account_id);
  columns[1].add(number(a.environment));
  columns[2].add(a.message_id);
  columns[3].add(std::string_view(planned.word));
}

void WriteSet::step_dispatch(const AdvanceMessage& a) {
  switch (a.dispatch) {
    case DispatchStep::kKeep:
    case DispatchStep::kFinish:
    case DispatchStep::kReroute:
      return;
    case DispatchStep::kWithdraw:
      withdrawn_.row(a.account_id, a.message_id);
      return;
    case DispatchStep::kReschedule:
      dispatch_.row(a.account_id, a.message_id, a.due_at.value_or(now()), a.attempt, a.held_by);
      break;
    case DispatchStep::kMove:
      moved_.row(a.account_id, a.message_id, a.due_at.value_or(now()));
      break;
  }
  due_hints_.push_back({a.account_id, a.message_id, unix_micros(a.due_at.value_or(now())) / 1000});
}

void WriteSet::add_ledger(int64_t account_id, Environment environment, const LedgerLine& line,
                          const Purpose& purpose) {
  ledger_.row(account_id, number(environment), line.seq, static_cast<int16_t>(line.type),
              line.amount_micros, line.balance_after_micros, purpose.message_id,
              std::string_view(purpose.description), unless_empty(purpose.rate), purpose.batch_id);
}

void WriteSet::count(int64_t account_id, Environment environment, const Uuid& message_id,
                     const std::optional<Uuid>& batch_id, MessageStatus status, int64_t change) {
  if (batch_id) batch_changes_[{account_id, *batch_id}][static_cast<size_t>(status)] += change;
  const int64_t day =
      std::chrono::floor<std::chrono::days>(created_at(message_id)).time_since_epoch() / kDay;
  counts_[{account_id, environment, day}][static_cast<size_t>(status)] += change;
}

// How live messages ended on a route and by whom; an end can only be taken back by a better one.
void WriteSet::count_ended(const AdvanceMessage& a, const MessageState& message,
                           MessageStatus status, int64_t change) {
  const bool delivered = status == MessageStatus::kDelivered;
  if (a.environment != Environment::kLive || (!delivered && status != MessageStatus::kFailed)) {
    return;
  }
  const Instant hour = std::chrono::floor<std::chrono::hours>(created_at(a.message_id));
  Ended& ended = ended_[{message.route, a.carrier.value_or(message.carrier), hour}];
  (delivered ? ended.delivered : ended.failed) += change;
}

void WriteSet::add_ended() {
  for (const auto& [key, ended] : ended_) {
    const auto& [route, carrier, hour] = key;
    route_hours_.row(std::string_view(route), std::string_view(carrier), hour, shard_,
                     ended.delivered, ended.failed);
  }
}

void WriteSet::add_daily() {
  for (const auto& [key, changes] : counts_) {
    const auto& [account_id, environment, day] = key;
    daily_.column(0).add(account_id);
    daily_.column(1).add(number(environment));
    daily_.column(2).add_date(Instant(std::chrono::days(day)));
    daily_.column(3).add(shard_);
    for (size_t status = 1; status <= 9; ++status) daily_.column(3 + status).add(changes[status]);
    daily_.count_row();
  }
}

void WriteSet::add_batch_counts() {
  for (const auto& [key, changes] : batch_changes_) {
    batch_counts_.column(0).add(key.first);
    batch_counts_.column(1).add(key.second);
    batch_counts_.column(2).add(shard_);
    for (size_t status = 1; status <= 9; ++status) {
      batch_counts_.column(2 + status).add(changes[status]);
    }
    batch_counts_.count_row();
  }
}

void WriteSet::add_wallets(const Known& known) {
  for (const auto& [key, wallet] : known.wallets) {
    if (!wallet.changed) continue;
    wallets_.row(key.first, number(key.second), wallet.balance_micros, wallet.seq);
  }
}

void WriteSet::add_claim(const Claim& claim) {
  others_.push_back(
      {&sql::journal_insert_claim,
       {PgParam(claim.token), PgParam(static_cast<int64_t>(lease_.count())),
        claimed_accounts_.finish(), claimed_messages_.finish(), claimed_carriers_.finish()}});
}

void WriteSet::delete_claims(const std::vector<Uuid>& tokens) {
  if (tokens.empty()) return;
  PgArray array(kUuid);
  for (const Uuid& token : tokens) array.add(token);
  others_.push_back({&sql::journal_delete_claims, {array.finish()}});
}

void WriteSet::add_outbox(const Uuid& id, std::string events) {
  others_.push_back({&sql::journal_insert_outbox, {PgParam(id), PgParam(events)}});
}

void WriteSet::delete_outbox(const std::vector<Uuid>& ids) {
  PgArray array(kUuid);
  for (const Uuid& id : ids) array.add(id);
  others_.push_back({&sql::journal_delete_outbox, {array.finish()}});
}

std::vector<Pg::Call> WriteSet::calls() && {
  add_daily();
  add_ended();
  add_batch_counts();
  add_updates();
  add_opt_outs();
  add_deliveries();
  std::vector<Pg::Call> calls;
  for (const Columns* columns : {&messages_,     &dispatch_,      &ledger_,
                                 &credits_,      &wallets_,       &updates_,
                                 &withdrawn_,    &moved_,         &events_,
                                 &deliveries_,   &daily_,         &route_hours_,
                                 &batch_counts_, &campaigns_,     &keys_,
                                 &answers_,      &notifications_, &inbound_,
                                 &opt_outs_,     &opt_ins_,       &inbound_deliveries_,
                                 &carrier_ids_}) {
    if (!columns->empty()) calls.push_back(columns->call());
  }
  for (const auto& [after_ms, columns] : receipts_) {
    Pg::Call call{&sql::journal_insert_receipts, {PgParam(after_ms)}};
    for (const PgArray& column : columns) call.params.push_back(column.finish());
    calls.push_back(std::move(call));
  }
  for (Pg::Call& call : others_) calls.push_back(std::move(call));
  calls.push_back({&kPgCommit, {}});
  return calls;
}

}  // namespace dundun
