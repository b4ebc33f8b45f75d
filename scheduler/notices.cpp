#include "scheduler/notices.h"

#include "sql/ringcentral.h"
#include "sql/webhook_job.h"

namespace dundun {
namespace {

constexpr int64_t kRoundMax = 100;

std::string what_is_off(int16_t kind) {
  switch (kind) {
    case 1:
      return "Calls to your dlr_url";
    case 2:
      return "Calls to your mo_url";
    case 3:
      return "Calls to the webhook of an app";
    default:
      return "Calls of a trigger subscription";
  }
}

// Row of webhook_notices.
Notify webhook_disabled(const PgRows& rows, int row) {
  constexpr auto& col = sql::webhook_notices;
  Notify notice{};
  notice.account_id = rows.i64(row, col.account_id);
  notice.type = "webhook_disabled";
  notice.title = "Webhook switched off";
  notice.body = what_is_off(rows.i16(row, col.kind)) +
                (rows.text(row, col.disabled_reason) == "gone"
                     ? " have ended: it answered 410 Gone."
                     : " have ended: for days it has only failed.") +
                " Set it again to go on; what it missed can be replayed.";
  notice.link = "/webhooks";
  notice.dedupe_key = "webhook_disabled:" + to_string(rows.uuid(row, col.endpoint_id)) + ":" +
                      std::to_string(unix_micros(rows.instant(row, col.disabled_at)));
  return notice;
}

// Row of rc_notices.
Notify connection_lost(const PgRows& rows, int row) {
  constexpr auto& col = sql::rc_notices;
  const std::string extension(rows.text(row, col.extension_id));
  Notify notice{};
  notice.account_id = rows.i64(row, col.account_id);
  notice.type = "ringcentral_disconnected";
  notice.title = "RingCentral disconnected";
  notice.body = "RingCentral no longer accepts the authorization of extension " + extension +
                ". Messages from its numbers fail, and texts to them do not arrive. Connect it "
                "again to go on.";
  notice.link = "/ringcentral";
  notice.dedupe_key = "ringcentral_disconnected:" + extension + ":" +
                      std::to_string(unix_micros(rows.instant(row, col.lost_at)));
  return notice;
}

template <class NoteTold>
void tell(Pg& pg, Journal& journal, const Statement& due, Notify (*notice_of)(const PgRows&, int),
          NoteTold note_told) {
  const auto rows = pg.run(due, {kRoundMax});
  if (!rows || rows->size() == 0) return;
  std::vector<Change> notices;
  for (int row = 0; row < rows->size(); ++row) notices.emplace_back(notice_of(*rows, row));
  const std::vector<Result<CommitResult>> results = journal.commit_all(std::move(notices));
  for (int row = 0; row < rows->size(); ++row) {
    if (results[static_cast<size_t>(row)]) note_told(*rows, row);
  }
}

}  // namespace

void tell_of_disabled_webhooks(Pg& pg, Journal& journal) {
  tell(pg, journal, sql::webhook_notices, webhook_disabled, [&pg](const PgRows& rows, int row) {
    (void)pg.run(sql::webhook_noticed, {rows.i64(row, sql::webhook_notices.account_id),
                                        rows.uuid(row, sql::webhook_notices.endpoint_id)});
  });
}

void tell_of_lost_connections(Pg& pg, Journal& journal) {
  constexpr auto& col = sql::rc_notices;
  tell(pg, journal, sql::rc_notices, connection_lost, [&pg](const PgRows& rows, int row) {
    (void)pg.run(sql::rc_noticed, {rows.i64(row, col.account_id), rows.text(row, col.extension_id),
                                   rows.instant(row, col.lost_at)});
  });
}

}  // namespace dundun
