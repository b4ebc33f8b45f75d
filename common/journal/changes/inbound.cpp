#include "common/journal/changes/inbound.h"

#include "common/io/json.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"
#include "sql/webhook_journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

void ChangeKind<RecordInbound>::wants(const RecordInbound& record, Reads& reads) {
  reads.webhooks.want({record.account_id});
  reads.inbound.want({record.account_id, record.carrier, record.carrier_message_id});
}

namespace {

constexpr PgArray::Type kInboundKey[] = {kInt8, kText, kText};
constexpr PgArray::Type kPhoneKey[] = {kInt8, kInt2, kText};

void take_inbound(const PgRows& rows, int row, std::map<InboundKey, Uuid>& inbound) {
  constexpr auto& col = sql::journal_read_inbound;
  inbound.emplace(
      InboundKey{rows.i64(row, col.account_id), std::string(rows.text(row, col.carrier)),
                 std::string(rows.text(row, col.carrier_message_id))},
      rows.uuid(row, col.inbound_id));
}

void take_opt_out(const PgRows& rows, int row, std::set<OptOutKey>& opt_outs) {
  constexpr auto& col = sql::journal_read_opt_outs;
  opt_outs.insert({rows.i64(row, col.account_id), Environment(rows.i16(row, col.environment)),
                   std::string(rows.text(row, col.phone))});
}

}  // namespace

constinit const ReadRule<InboundRef, decltype(Known::inbound)> kInboundRead{
    &sql::journal_read_inbound, kInboundKey, in_key_order, &Known::inbound, take_inbound};
constinit const ReadRule<PhoneRef, decltype(Known::opt_outs)> kOptOutRead{
    &sql::journal_read_opt_outs, kPhoneKey, in_key_order, &Known::opt_outs, take_opt_out};

Decision ChangeKind<RecordInbound>::decide(const RecordInbound& record, const Uuid&, Known& known) {
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

namespace {

// {"type":"sms_inbound",…}, of the second dialect; rcMessageId is the carrier's id.
std::string inbound_event(const Uuid& event_id, const RecordInbound& record) {
  JsonWriter json;
  json.begin_object()
      .member("type", "sms_inbound")
      .member("event_id", event_id_text(event_id))
      .member("messageId", gravity_id_text(record.inbound_id))
      .member("from", record.from)
      .member("to", record.to)
      .member("body", record.text)
      .member("rcMessageId", record.carrier_message_id)
      .member("tenantId", record.tenant_id)
      .member("timestamp", format_z_ms(created_at(record.inbound_id)))
      .end_object();
  return json.take();
}

}  // namespace

void ChangeKind<RecordInbound>::tell(const RecordInbound& record, const Admitted& admitted,
                                     News& news) {
  news.publication.add(event_channel(record.account_id, record.environment),
                       inbound_event(admitted.event_id, record));
}

constexpr Table kInbound{
    WritePlace::kInbound,
    sql::journal_insert_inbound,
    {kInt8, kUuid, kInt2, kText, kText, kText, kText, kText, kText, kText, kInt2, kBool}};
constexpr Table kInboundDeliveries{
    WritePlace::kInboundDeliveries, sql::journal_insert_inbound_deliveries, {kInt8, kUuid}};

void ChangeKind<RecordInbound>::write(const RecordInbound& r, const Admitted& admitted,
                                      WriteSet& set) {
  set.row(kInbound, r.account_id, r.inbound_id, r.environment, std::string_view(r.carrier),
          std::string_view(r.carrier_message_id), std::string_view(r.from), std::string_view(r.to),
          std::string_view(r.text), unless_empty(r.keyword), unless_empty(r.app_id), r.wish,
          r.auto_reply);
  const std::map<int64_t, int32_t>& webhooks = admitted.known.webhooks;
  const auto wanted = webhooks.find(r.account_id);
  if (wanted != webhooks.end() && (wanted->second & 1) != 0) {
    set.row(kInboundDeliveries, r.account_id, r.inbound_id);
  }
  if (r.wish == OptOutWish::kNone) return;
  set.opt_outs.insert_or_assign({r.account_id, r.environment, r.from},
                                OptOutChange{r.wish, r.inbound_id});
}

constexpr Table kOptOuts{
    WritePlace::kOptOuts, sql::journal_add_opt_outs, {kInt8, kInt2, kText, kUuid}};
constexpr Table kOptIns{WritePlace::kOptIns, sql::journal_remove_opt_outs, {kInt8, kInt2, kText}};

void write_opt_outs(WriteSet& set) {
  for (const auto& [key, change] : set.opt_outs) {
    const auto& [account_id, environment, phone] = key;
    const auto number = environment;
    if (change.wish == OptOutWish::kStop) {
      set.row(kOptOuts, account_id, number, std::string_view(phone), change.inbound_id);
    } else {
      set.row(kOptIns, account_id, number, std::string_view(phone));
    }
  }
}

}  // namespace dundun
