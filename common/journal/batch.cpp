#include "common/journal/batch.h"

#include <algorithm>
#include <set>

#include "common/journal/write_set.h"
#include "sql/journal.h"
#include "sql/webhook_journal.h"

namespace dundun {
namespace {

using Type = PgArray::Type;

struct Keys {
  std::set<WalletKey> wallets;
  std::set<std::pair<Uuid, int64_t>> messages;  // by message id, as they are locked
  std::set<AnswerKey> answers;
  std::set<std::pair<Uuid, int64_t>> waiting;
  std::set<Uuid> claims;
  std::set<EventKey> events;
  std::set<std::pair<Uuid, int64_t>> charges;
  std::set<std::pair<Uuid, int64_t>> campaigns;
  std::set<std::pair<Uuid, int64_t>> campaign_charges;
  std::set<std::pair<Uuid, int64_t>> payments;
  std::set<int64_t> told;  // accounts that may have webhooks
  std::set<NoticeKey> notices;
  std::set<InboundKey> inbound;
};

// Ends the claim of its message.
bool ends_claim(const AdvanceMessage& advance) {
  return advance.dispatch == DispatchStep::kFinish || advance.dispatch == DispatchStep::kReschedule;
}

bool is_claimed(const AdvanceMessage& advance) {
  return ends_claim(advance) || advance.dispatch == DispatchStep::kReroute;
}

// Neither money nor an earlier state matters to these: the write checks that it was as claimed.
bool needs_no_read(const AdvanceMessage& advance, Batch::Mode mode) {
  return mode == Batch::Mode::kPlain && is_claimed(advance) && advance.claimed_as &&
         !advance.refundable;
}

void collect(const AcceptMessage& accept, Batch::Mode mode, Keys& keys) {
  keys.told.insert(accept.account_id);
  keys.wallets.insert({accept.account_id, accept.environment});
  if (accept.idempotency) keys.answers.insert({accept.account_id, accept.idempotency->key_hash});
  if (accept.retry_of) keys.messages.insert({*accept.retry_of, accept.account_id});
  if (mode == Batch::Mode::kResolve) keys.charges.insert({accept.message_id, accept.account_id});
}

void collect(const AdvanceMessage& advance, Batch::Mode mode, Keys& keys) {
  const std::pair<Uuid, int64_t> message{advance.message_id, advance.account_id};
  keys.told.insert(advance.account_id);
  if (!needs_no_read(advance, mode)) keys.messages.insert(message);
  if (is_claimed(advance)) keys.claims.insert(advance.claim.token);
  if (advance.dispatch == DispatchStep::kWithdraw || advance.dispatch == DispatchStep::kMove) {
    keys.waiting.insert(message);
  }
  if (advance.refundable) keys.wallets.insert({advance.account_id, advance.environment});
  // A claim already makes its records unique; only unclaimed events can repeat.
  if (mode == Batch::Mode::kResolve || !is_claimed(advance)) {
    keys.events.insert({{advance.account_id, advance.message_id}, advance.event_key});
  }
}

void collect(const StoreAnswer& store, Batch::Mode, Keys& keys) {
  keys.answers.insert({store.account_id, store.answer.key_hash});
}

void collect(const AcceptCampaign& accept, Batch::Mode mode, Keys& keys) {
  keys.wallets.insert({accept.account_id, accept.environment});
  if (accept.idempotency) keys.answers.insert({accept.account_id, accept.idempotency->key_hash});
  if (mode == Batch::Mode::kResolve) {
    keys.campaign_charges.insert({accept.batch_id, accept.account_id});
  }
}

void collect(const ExpandCampaign& expand, Batch::Mode, Keys& keys) {
  keys.told.insert(expand.account_id);
  keys.campaigns.insert({expand.batch_id, expand.account_id});
}

void collect(const SteerCampaign& steer, Batch::Mode, Keys& keys) {
  keys.wallets.insert({steer.account_id, steer.environment});
  keys.campaigns.insert({steer.batch_id, steer.account_id});
}

void collect(const CreditWallet& credit, Batch::Mode, Keys& keys) {
  keys.wallets.insert({credit.account_id, credit.environment});
  keys.payments.insert({credit.payment_id, credit.account_id});
}

void collect(const Notify& notify, Batch::Mode, Keys& keys) {
  keys.notices.insert({notify.account_id, notify.dedupe_key});
}

void collect(const RecordInbound& record, Batch::Mode, Keys& keys) {
  keys.told.insert(record.account_id);
  keys.inbound.insert({record.account_id, record.carrier, record.carrier_message_id});
}

Pg::Call call_for(const Statement& statement, const std::set<std::pair<Uuid, int64_t>>& keys) {
  PgArray accounts(Type::kInt8), messages(Type::kUuid);
  for (const auto& [message_id, account_id] : keys) {
    accounts.add(account_id);
    messages.add(message_id);
  }
  return {&statement, {accounts.finish(), messages.finish()}};
}

Pg::Call call_for(const std::set<WalletKey>& keys) {
  PgArray accounts(Type::kInt8), environments(Type::kInt2);
  for (const auto& [account_id, environment] : keys) {
    accounts.add(account_id);
    environments.add(static_cast<int16_t>(environment));
  }
  return {&sql::journal_lock_wallets, {accounts.finish(), environments.finish()}};
}

Pg::Call call_for_notices(const std::set<NoticeKey>& keys) {
  PgArray accounts(Type::kInt8), names(Type::kText);
  for (const auto& [account_id, name] : keys) {
    accounts.add(account_id);
    names.add(std::string_view(name));
  }
  return {&sql::journal_read_notices, {accounts.finish(), names.finish()}};
}

Pg::Call call_for(const std::set<InboundKey>& keys) {
  PgArray accounts(Type::kInt8), carriers(Type::kText), ids(Type::kText);
  for (const auto& [account_id, carrier, id] : keys) {
    accounts.add(account_id);
    carriers.add(std::string_view(carrier));
    ids.add(std::string_view(id));
  }
  return {&sql::journal_read_inbound, {accounts.finish(), carriers.finish(), ids.finish()}};
}

Pg::Call call_for(const std::set<AnswerKey>& keys) {
  PgArray accounts(Type::kInt8), hashes(Type::kBytea);
  for (const auto& [account_id, hash] : keys) {
    accounts.add(account_id);
    hashes.add(std::string_view(hash));
  }
  return {&sql::journal_lock_keys, {accounts.finish(), hashes.finish()}};
}

Pg::Call call_for(const std::set<Uuid>& tokens) {
  PgArray array(Type::kUuid);
  for (const Uuid& token : tokens) array.add(token);
  return {&sql::journal_lock_claims, {array.finish()}};
}

Pg::Call call_for(const std::set<int64_t>& account_ids) {
  PgArray accounts(Type::kInt8);
  for (const int64_t account_id : account_ids) accounts.add(account_id);
  return {&sql::journal_read_webhooks, {accounts.finish()}};
}

Pg::Call call_for(const std::set<EventKey>& keys) {
  PgArray accounts(Type::kInt8), messages(Type::kUuid), names(Type::kText);
  for (const auto& [message, name] : keys) {
    accounts.add(message.first);
    messages.add(message.second);
    names.add(std::string_view(name));
  }
  return {&sql::journal_read_events, {accounts.finish(), messages.finish(), names.finish()}};
}

}  // namespace

std::vector<Pg::Call> Batch::reads() {
  Keys keys;
  for (const Entry& entry : entries_) {
    std::visit([&](const auto& change) { collect(change, mode_, keys); }, entry.change);
  }
  std::vector<Pg::Call> calls{{&kPgBegin, {}}};
  if (!keys.wallets.empty()) calls.push_back(call_for(keys.wallets));
  if (!keys.messages.empty()) {
    calls.push_back(call_for(sql::journal_lock_messages, keys.messages));
  }
  if (!keys.campaigns.empty()) {
    calls.push_back(call_for(sql::journal_lock_campaigns, keys.campaigns));
  }
  if (!keys.waiting.empty()) {
    calls.push_back(call_for(sql::journal_lock_dispatch, keys.waiting));
  }
  if (!keys.claims.empty()) calls.push_back(call_for(keys.claims));
  if (!keys.answers.empty()) calls.push_back(call_for(keys.answers));
  if (!keys.events.empty()) calls.push_back(call_for(keys.events));
  if (!keys.charges.empty()) calls.push_back(call_for(sql::journal_read_charges, keys.charges));
  if (!keys.campaign_charges.empty()) {
    calls.push_back(call_for(sql::journal_read_campaign_charges, keys.campaign_charges));
  }
  if (!keys.payments.empty()) {
    calls.push_back(call_for(sql::journal_lock_payments, keys.payments));
  }
  if (!keys.told.empty()) calls.push_back(call_for(keys.told));
  if (!keys.notices.empty()) calls.push_back(call_for_notices(keys.notices));
  if (!keys.inbound.empty()) calls.push_back(call_for(keys.inbound));
  add_code_reads(calls);
  for (const Pg::Call& call : calls) read_order_.push_back(call.statement);
  return calls;
}

void Batch::absorb(const std::vector<PgRows>& rows) {
  for (size_t i = 0; i < rows.size() && i < read_order_.size(); ++i) {
    const PgRows& r = rows[i];
    if (read_order_[i] == &sql::journal_lock_wallets) absorb_wallets(r);
    if (read_order_[i] == &sql::journal_lock_messages) absorb_messages(r);
    if (read_order_[i] == &sql::journal_lock_dispatch) absorb_dispatch(r);
    if (read_order_[i] == &sql::journal_lock_claims) {
      for (int n = 0; n < r.size(); ++n) known_.claims.insert(r.uuid(n, 0));
    }
    if (read_order_[i] == &sql::journal_lock_keys) absorb_answers(r);
    if (read_order_[i] == &sql::journal_read_charges) absorb_charges(r);
    if (read_order_[i] == &sql::journal_lock_campaigns) absorb_campaigns(r);
    if (read_order_[i] == &sql::journal_read_campaign_charges) {
      for (int n = 0; n < r.size(); ++n) {
        known_.committed_charges[{r.i64(n, 0), r.uuid(n, 1)}].balance_after_micros = r.i64(n, 2);
      }
    }
    if (read_order_[i] == &sql::journal_lock_payments) absorb_payments(r);
    if (read_order_[i] == &sql::journal_read_webhooks) {
      for (int n = 0; n < r.size(); ++n) known_.webhooks[r.i64(n, 0)] = r.i32(n, 1);
    }
    if (read_order_[i] == &sql::journal_read_notices) absorb_notices(r);
    if (read_order_[i] == &sql::journal_read_inbound) absorb_inbound(r);
    absorb_codes(read_order_[i], r);
    if (read_order_[i] == &sql::journal_read_events) {
      for (int n = 0; n < r.size(); ++n) {
        const EventKey key{{r.i64(n, 0), r.uuid(n, 1)}, std::string(r.text(n, 2))};
        known_.events.emplace(key, r.uuid(n, 3));
      }
    }
  }
}

// Messages that were not read, as their submitters claimed them.
void Batch::take_for_granted() {
  for (const Entry& entry : entries_) {
    const auto* advance = std::get_if<AdvanceMessage>(&entry.change);
    if (advance == nullptr || !needs_no_read(*advance, mode_)) continue;
    auto [place, is_new] =
        known_.messages.try_emplace({advance->account_id, advance->message_id}, MessageState{});
    if (!is_new) continue;
    place->second.environment = advance->environment;
    place->second.batch_id = advance->batch_id;
    place->second.app_id = advance->app_id;
    place->second.status = *advance->claimed_as;
    place->second.expected = *advance->claimed_as;
  }
}

void Batch::decide_all() {
  take_for_granted();
  decisions_.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    decisions_.push_back(decide(entry.change, entry.event_id, known_));
  }
  make_claim();
  make_notifications();
  make_events();
}

// How many messages this change puts under a claim.
int claimed_by(const Change& change) {
  if (const auto* expand = std::get_if<ExpandCampaign>(&change)) {
    return static_cast<int>(expand->messages.size());
  }
  const auto* accept = std::get_if<AcceptMessage>(&change);
  return accept == nullptr || accept->scheduled_at ? 0 : 1;
}

// One claim for all that were accepted for now.
void Batch::make_claim() {
  claim_.token = new_uuid7();
  std::vector<CommitResult*> owners;
  for (size_t i = 0; i < entries_.size(); ++i) {
    const int claimed = decisions_[i].apply ? claimed_by(entries_[i].change) : 0;
    if (claimed == 0) continue;
    claim_.size += claimed;
    owners.push_back(&decisions_[i].result);
  }
  for (CommitResult* result : owners) result->claim = claim_;
}

// Claims whose last message this batch records.
std::vector<Uuid> Batch::finished_claims(const ClaimCounts& counts) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const auto* advance = std::get_if<AdvanceMessage>(&entries_[i].change);
    if (advance == nullptr || !ends_claim(*advance) || !decisions_[i].apply) continue;
    ClaimCount& count = recorded_[advance->claim.token];
    count.recorded += 1;
    count.size = advance->claim.size;
  }
  std::vector<Uuid> finished;
  for (const auto& [token, count] : recorded_) {
    auto before = counts.find(token);
    const int recorded = count.recorded + (before == counts.end() ? 0 : before->second.recorded);
    if (recorded >= count.size) finished.push_back(token);
  }
  return finished;
}

void Batch::make_events() {
  const Instant at = now();
  for (size_t i = 0; i < entries_.size(); ++i) {
    const Decision& decision = decisions_[i];
    const Entry& entry = entries_[i];
    if (decision.apply) add_campaign_event(entry, decision);
    if (decision.apply) add_inbound_event(entry);
    if (!decision.apply || !decision.moved) continue;
    const Uuid& id = decision.result.message_id;
    if (const auto* accept = std::get_if<AcceptMessage>(&entry.change)) {
      publication_.add(event_channel(accept->account_id, accept->environment),
                       message_status_event({.event_id = entry.event_id,
                                             .message_id = id,
                                             .status = decision.result.status,
                                             .dlr_word = {},
                                             .app_id = accept->app_id,
                                             .carrier_message_id = {},
                                             .error = {}},
                                            at));
    } else if (const auto* advance = std::get_if<AdvanceMessage>(&entry.change)) {
      publication_.add(event_channel(advance->account_id, advance->environment),
                       message_status_event(change_of(*advance, entry.event_id, decision), at));
    }
  }
  for (const auto& [key, wallet] : known_.wallets) {
    if (!wallet.changed) continue;
    publication_.add(event_channel(key.first, key.second),
                     balance_event(new_uuid7(), wallet.balance_micros, wallet.currency));
  }
}

MessageChange Batch::change_of(const AdvanceMessage& advance, const Uuid& event_id,
                               const Decision& decision) const {
  const MessageState& message = known_.messages.at({advance.account_id, advance.message_id});
  MessageChange change{};
  change.event_id = event_id;
  change.message_id = advance.message_id;
  change.status = decision.result.status;
  if (advance.dlr_status) change.dlr_word = *advance.dlr_status;
  change.app_id = message.app_id;
  change.carrier_message_id = message.carrier_message_id;
  if (advance.carrier_message_id) change.carrier_message_id = *advance.carrier_message_id;
  const bool over =
      change.status == MessageStatus::kFailed || change.status == MessageStatus::kExpired;
  if (over && advance.error_message) change.error = *advance.error_message;
  return change;
}

void Batch::add_campaign_event(const Entry& entry, const Decision& decision) {
  const auto add = [&](int64_t account_id, Environment environment) {
    publication_.add(
        event_channel(account_id, environment),
        campaign_event(entry.event_id, decision.result.message_id, decision.result.campaign));
  };
  if (const auto* accept = std::get_if<AcceptCampaign>(&entry.change)) {
    add(accept->account_id, accept->environment);
  } else if (const auto* expand = std::get_if<ExpandCampaign>(&entry.change)) {
    add(expand->account_id, expand->environment);
  } else if (const auto* steer = std::get_if<SteerCampaign>(&entry.change)) {
    add(steer->account_id, steer->environment);
  }
}

std::vector<Pg::Call> Batch::writes(int16_t shard, const ClaimCounts& counts,
                                    const std::vector<Uuid>& done_outbox) {
  WriteSet set(shard);
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!decisions_[i].apply) continue;
    std::visit([&](const auto& change) { set.add(change, entries_[i], decisions_[i], known_); },
               entries_[i].change);
  }
  set.add(notifications_);
  set.add_wallets(known_);
  set.add_campaigns(known_);
  set.add_verify_counters(known_);
  if (claim_.size > 0) set.add_claim(claim_);
  set.delete_claims(finished_claims(counts));
  if (!publication_.empty()) {
    outbox_id_ = new_uuid7();
    set.add_outbox(outbox_id_, publication_.outbox_text());
  }
  if (!done_outbox.empty()) set.delete_outbox(done_outbox);
  due_hints_ = set.take_due_hints();
  return std::move(set).calls();
}

}  // namespace dundun
