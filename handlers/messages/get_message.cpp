// GET /messages/{id}: the message and its timeline.
#include "common/identity/authorization.h"
#include "common/io/pg.h"
#include "common/sms/encoding.h"
#include "common/sms/environment.h"
#include "common/sms/status.h"
#include "common/web/message_json.h"
#include "common/web/paging.h"
#include "handlers/messages/endpoints.h"
#include "sql/messages.h"

namespace dundun {
namespace {

constexpr size_t kWholeText = SIZE_MAX;

// The message row is its own first event.
void write_accepted(JsonWriter& json, const PgRows& rows, const Uuid& id) {
  const bool scheduled = !rows.is_null(0, 15);
  json.begin_object()
      .member("event", "accepted")
      .member("status", status_name(scheduled ? MessageStatus::kScheduled : MessageStatus::kQueued))
      .member("detail", "API request received")
      .member("at", format_z(created_at(id)))
      .key("metadata")
      .begin_object()
      .member("source", rows.text(0, 22))
      .end_object()
      .end_object();
}

void write_timeline(JsonWriter& json, const PgRows& rows, const Uuid& id) {
  json.key("timeline").begin_array();
  write_accepted(json, rows, id);
  for (int row = 0; row < rows.size() && !rows.is_null(row, 23); ++row) {
    json.begin_object()
        .member("event", rows.text(row, 23))
        .member("status", status_name(MessageStatus(rows.i16(row, 24))))
        .member("detail", rows.text(row, 25))
        .member("at", format_z(rows.instant(row, 26)));
    if (!rows.is_null(row, 27)) json.key("metadata").raw(rows.text(row, 27));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Result<Response> get_message(Context& context) {
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Message not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::message_by_id, context.caller.account_id, *id,
                                    environments_param(visible_environments(context.caller))));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Message not found");
  JsonWriter json;
  json.begin_object();
  write_message(json, rows, 0, kWholeText);
  json.member("error_message", rows.maybe_text(0, 17));
  json.member("carrier_error_code", rows.maybe_text(0, 28));
  write_time(json, "submitted_at", rows.maybe_instant(0, 18), format_z);
  write_time(json, "failed_at", rows.maybe_instant(0, 19), format_z);
  write_time(json, "scheduled_at", rows.maybe_instant(0, 15), format_offset);
  json.member("environment", environment_name(Environment(rows.i16(0, 16))))
      .member("encoding", encoding_name(Encoding(rows.i16(0, 20))))
      .member("dlr_status", rows.maybe_text(0, 21));
  write_timeline(json, rows, *id);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace dundun
