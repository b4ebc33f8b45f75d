// GET, POST /opt-outs and DELETE /opt-outs/{phone}.
#include "sql/opt_outs.h"

#include <set>

#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/msisdn.h"
#include "common/web/audited_change.h"
#include "common/web/paging.h"
#include "handlers/inbound/endpoints.h"

namespace dundun {
namespace {

constexpr int64_t kListMax = 1000;
constexpr int64_t kListDefault = 200;
constexpr size_t kAddMax = 1000;
// By `source`: nothing, a text that came in, the API, a carrier.
constexpr std::string_view kOptOutSources[] = {"api", "message", "api", "carrier"};

// Columns as in opt_outs_page.
JsonWriter& write_opt_out(JsonWriter& json, const PgRows& rows, int row) {
  constexpr auto& col = sql::opt_outs_page;
  static_assert(begins_with_columns(sql::opt_out_by_phone, col));
  static_assert(begins_with_columns(sql::opt_out_remove, col));
  json.begin_object()
      .member("phone", rows.text(row, col.phone))
      .member("source", kOptOutSources[rows.i16(row, col.source) & 3]);
  if (rows.is_null(row, col.inbound_id)) {
    json.member_null("message_id");
  } else {
    json.member("message_id", inbound_id_text(rows.uuid(row, col.inbound_id)));
  }
  return json.member("created_at", format_z(rows.instant(row, col.created_at)));
}

Result<OneOrMany> parse_phones(const std::string& body) {
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  OneOrMany phones = TRY(object.one_or_many_strings("phone", kAddMax));
  for (std::string& phone : phones.values) phone = TRY(Msisdn::parse(phone)).e164();
  return phones;
}

// Sorted and without repeats: two requests never wait for each other in a ring.
PgParam sorted(const OneOrMany& phones) {
  PgArray array(PgArray::Type::kText);
  for (const std::string& phone : std::set(phones.values.begin(), phones.values.end())) {
    array.add(std::string_view(phone));
  }
  return array.finish();
}

Result<Response> add(Context& context, const OneOrMany& phones) {
  const int64_t account = context.caller.account_id;
  const auto environment = context.caller.environment;
  AuditedChange change = TRY(AuditedChange::begin(context));
  if (auto earlier = TRY(change.earlier_answer())) return *std::move(earlier);
  const PgRows added = TRY(change.run(sql::opt_outs_add, account, environment, sorted(phones)));
  JsonWriter json;
  if (phones.many) {
    json.begin_object()
        .member("added", added.size())
        .member("total", static_cast<int64_t>(phones.values.size()))
        .end_object();
  } else {
    const PgRows rows =
        TRY(change.run(sql::opt_out_by_phone, account, environment, phones.values.front()));
    write_opt_out(json, rows, 0).end_object();
  }
  return change.commit(AuditedChange::Effect::kNone, Response::json(json.take()));
}

}  // namespace

Result<Response> list_opt_outs(Context& context) {
  const std::optional<int64_t> limit = TRY(query_integer(context.request, "limit", 1, kListMax));
  std::optional<std::string> after;
  if (auto text = context.request.query_value("after"); text && !text->empty()) {
    after = number_to_find(*text);
    if (!after) return invalid_query("after", "not a phone number");
  }
  const PgRows rows = TRY(context.services.pg.query(sql::opt_outs_page, context.caller.account_id,
                                                    context.caller.environment, after,
                                                    limit.value_or(kListDefault)));
  JsonWriter json;
  json.begin_object().key("opt_outs").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_opt_out(json, rows, row).end_object();
  json.end_array().end_object();
  return Response::json(json.take());
}

Result<Response> add_opt_outs(Context& context) {
  const OneOrMany phones = TRY(parse_phones(context.request.body));
  return add(context, phones);
}

Result<Response> remove_opt_out(Context& context) {
  const std::string& written = context.request.parameters.at(0);
  const int64_t account = context.caller.account_id;
  AuditedChange change = TRY(AuditedChange::begin(context));
  const PgRows rows = TRY(change.run(sql::opt_out_remove, account, context.caller.environment,
                                     number_to_find(written).value_or(written)));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Opt-out not found");
  TRY(change.record(
      {.account_id = account,
       .action = "opt_out.removed",
       .subject = "opt_out " + std::string(rows.text(0, sql::opt_out_remove.phone))}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  JsonWriter json;
  write_opt_out(json, rows, 0).member("removed", true).end_object();
  return Response::json(json.take());
}

}  // namespace dundun
