// GET /messages/export: the list as CSV, however long it is.
#include <algorithm>

#include "common/io/csv_writer.h"
#include "common/io/pg.h"
#include "common/web/audited_change.h"
#include "common/web/csv_download.h"
#include "handlers/messages/endpoints.h"
#include "handlers/messages/list_query.h"
#include "sql/messages.h"

namespace dundun {
namespace {

constexpr int64_t kPageRows = 10'000;
constexpr std::string_view kHeader =
    "message_id,phone,sender_id,text,status,country,currency,cost,segments,created_at,"
    "delivered_at";

// Columns as in messages_page.
void write_line(CsvWriter& csv, const PgRows& rows, int row) {
  constexpr auto& col = sql::messages_page;
  const Uuid id = rows.uuid(row, col.message_id);
  const std::optional<Instant> delivered_at = rows.maybe_instant(row, col.delivered_at);
  csv.plain(message_id_text(id))
      .plain(rows.text(row, col.phone))
      .text(rows.text(row, col.sender))
      .text(rows.text(row, col.body))
      .plain(status_name(MessageStatus(rows.i16(row, col.status))))
      .plain(rows.text(row, col.country))
      .plain(rows.text(row, col.route_currency))
      .plain(format_micros(rows.i64(row, col.route_cost_micros), 2))
      .plain(std::to_string(rows.i16(row, col.segments)))
      .plain(format_z(created_at(id)))
      .plain(delivered_at ? format_z(*delivered_at) : "")
      .end_line();
}

// Reads on from the last message it has seen.
class MessagePages {
 public:
  MessagePages(ListFilter filter, int64_t account_id)
      : filter_(std::move(filter)),
        account_id_(account_id),
        range_{uuid7_floor(filter_.from), uuid7_floor(filter_.to)},
        ended_(filter_.nothing || filter_.from >= filter_.to) {
    if (filter_.after) range_.to = std::min(range_.to, *filter_.after);
  }

  Result<std::string> next(Pg& pg) {
    if (ended_) return std::string();
    const ListQuery query = page_query(filter_, account_id_, range_, kPageRows, 0);
    const PgRows rows = TRY(pg.run(query.statement, query.params));
    CsvWriter csv;
    for (int row = 0; row < rows.size(); ++row) write_line(csv, rows, row);
    ended_ = rows.size() < kPageRows;
    if (!ended_) range_.to = rows.uuid(rows.size() - 1, sql::messages_page.message_id);
    return csv.take();
  }

 private:
  ListFilter filter_;
  int64_t account_id_;
  IdRange range_;
  bool ended_;
};

}  // namespace

Result<Response> export_messages(Context& context) {
  ListFilter filter = TRY(parse_list_filter(context.request, context.caller, now()));
  TRY(AuditedChange::record_alone(context, {.account_id = context.caller.account_id,
                                            .action = "messages.exported",
                                            .subject = "messages"}));
  auto pages = std::make_shared<MessagePages>(std::move(filter), context.caller.account_id);
  CsvPage next_page = [pages](Pg& pg) { return pages->next(pg); };
  Result<Response> response =
      csv_download(context.services, context.caller.account_id, "messages", kHeader, next_page);
  return response;
}

}  // namespace dundun
