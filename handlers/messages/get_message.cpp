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
  const bool scheduled = !rows.is_null(0, sql::message_by_id.scheduled_at);
  json.begin_object()
      .member("event", "accepted")
      .member("status", status_name(scheduled ? MessageStatus::kScheduled : MessageStatus::kQueued))
      .member("detail", "API request received")
      .member("at", format_z(created_at(id)))
      .key("metadata")
      .begin_object()
      .member("source", rows.text(0, sql::message_by_id.source))
      .end_object()
      .end_object();
}

void write_timeline(JsonWriter& json, const PgRows& rows, const Uuid& id) {
  constexpr auto& col = sql::message_by_id;
  json.key("timeline").begin_array();
  write_accepted(json, rows, id);
  bool was_submitted = false;
  for (int row = 0; row < rows.size() && !rows.is_null(row, col.event); ++row) {
    // The message's row stands for it, and a program of the release before may have stored it too.
    const bool is_submit = rows.text(row, col.event_key) == "submitted";
    if (is_submit && was_submitted) continue;
    was_submitted = was_submitted || is_submit;
    json.begin_object()
        .member("event", rows.text(row, col.event))
        .member("status", status_name(MessageStatus(rows.i16(row, col.event_status))))
        .member("detail", rows.text(row, col.detail))
        .member("at", format_z(rows.instant(row, col.at)));
    if (!rows.is_null(row, col.metadata)) json.key("metadata").raw(rows.text(row, col.metadata));
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Result<Response> get_message(Context& context) {
  constexpr auto& col = sql::message_by_id;
  const std::optional<Uuid> id = parse_message_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Message not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::message_by_id, context.caller.account_id, *id,
                                    environments_param(visible_environments(context.caller))));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Message not found");
  JsonWriter json;
  json.begin_object();
  write_message(json, rows, 0, kWholeText);
  json.member("error_message", rows.maybe_text(0, col.error_message));
  json.member("carrier_error_code", rows.maybe_text(0, col.carrier_error_code));
  write_time(json, "submitted_at", rows.maybe_instant(0, col.submitted_at), format_z);
  write_time(json, "failed_at", rows.maybe_instant(0, col.failed_at), format_z);
  write_time(json, "scheduled_at", rows.maybe_instant(0, col.scheduled_at), format_offset);
  json.member("environment", environment_name(Environment(rows.i16(0, col.environment))))
      .member("encoding", encoding_name(Encoding(rows.i16(0, col.encoding))))
      .member("dlr_status", rows.maybe_text(0, col.dlr_status));
  write_timeline(json, rows, *id);
  json.end_object();
  return Response::json(json.take());
}

}  // namespace dundun
