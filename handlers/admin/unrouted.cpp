// Texts that came to a number that no account had. GET /admin/inbound/unrouted lists them. POST
// …/assign replays those to one number to its current owner, STOP and START included, without an
// auto-reply.
#include "common/base/executor.h"
#include "common/inbound/owner.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/admin/endpoints.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr int64_t kAssignMax = 1000;

struct Assignment {
  std::string number;
  int64_t limit = kAssignMax;
};

Result<Assignment> parse_assignment(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  Assignment wanted;
  const std::string number = TRY(object.required_text("number"));
  const auto address = parse_address("number", number);
  if (!address) return invalid_field("number", "a number or a short code", "value_error");
  wanted.number = address->text;
  const std::optional<int64_t> limit = TRY(object.optional_integer("limit"));
  if (limit && (*limit < 1 || *limit > kAssignMax)) {
    return invalid_field("limit", "1 to 1000", "value_error");
  }
  wanted.limit = limit.value_or(kAssignMax);
  return wanted;
}

// Columns of unrouted_of_number.
Result<MoRequest> text_of_row(const PgRows& rows, int row) {
  constexpr auto& col = sql::unrouted_of_number;
  MoRequest mo;
  mo.carrier_message_id = rows.text(row, col.carrier_message_id);
  mo.from = TRY(parse_address("from", std::string(rows.text(row, col.sender))));
  mo.to = TRY(parse_address("to", std::string(rows.text(row, col.recipient))));
  mo.text = rows.text(row, col.body);
  return mo;
}

// The text is its owners' by now; what is done twice here is done once there.
Status forget(Context& context, const std::string& carrier, const MoRequest& mo,
              const Routed& routed) {
  AuditedChange change = TRY(AuditedChange::begin(context));
  (void)TRY(change.run(sql::drop_unrouted, carrier, mo.carrier_message_id));
  for (const NumberOwner& owner : routed.owners) {
    TRY(change.record({owner.account_id, "inbound.assigned", "number " + mo.to.text}));
  }
  return change.commit(AuditedChange::Effect::kNone);
}

Response answer(int64_t assigned, int64_t left) {
  JsonWriter json;
  json.begin_object().member("assigned", assigned).member("left", left).end_object();
  return Response::json(json.take());
}

}  // namespace

Result<Response> list_unrouted(Context& context) {
  constexpr auto& col = sql::unrouted;
  const Paging paging = TRY(parse_paging(context.request));
  const std::optional<std::string> number = TRY(query_address(context.request, "number"));
  const PgRows rows = TRY(context.services.pg.query(sql::unrouted, number, paging.limit));
  JsonWriter json;
  json.begin_object().key("unrouted").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object()
        .member("carrier", rows.text(row, col.carrier))
        .member("id", rows.text(row, col.carrier_message_id))
        .member("from", rows.text(row, col.sender))
        .member("to", rows.text(row, col.recipient))
        .member("received_at", format_z(rows.instant(row, col.received_at)))
        .end_object();
  }
  json.end_array().end_object();
  return Response::json(json.take());
}

Task<Response> assign_unrouted(Context& context) {
  const Assignment wanted = co_await parse_assignment(context.request.body);
  const PgRows rows =
      co_await context.services.pg.query(sql::unrouted_of_number, wanted.number, wanted.limit);
  int64_t assigned = 0;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string carrier(rows.text(row, sql::unrouted_of_number.carrier));
    MoRequest mo = co_await text_of_row(rows, row);
    const Routed routed =
        co_await route_mo(context.services.pg, context.snapshot.inbound.words, carrier, mo);
    if (routed.owners.empty()) continue;
    for (const NumberOwner& owner : routed.owners) {
      const RecordInbound record = record_of(carrier, mo, owner, routed.wish);
      Task<CommitResult> committing =
          commit(*context.services.journal, record, context.services.executor);
      (void)co_await std::move(committing);
    }
    co_await forget(context, carrier, mo, routed);
    ++assigned;
  }
  const PgRows left = co_await context.services.pg.query(sql::unrouted_count, wanted.number);
  co_return answer(assigned, left.i64(0, 0));
}

}  // namespace dundun
