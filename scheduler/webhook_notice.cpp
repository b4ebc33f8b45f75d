#include "scheduler/webhook_notice.h"

#include "sql/statements.h"

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

Notify notice_of_row(const PgRows& rows, int row) {
  Notify notice{};
  notice.account_id = rows.i64(row, 0);
  notice.type = "webhook_disabled";
  notice.title = "Webhook switched off";
  notice.body = what_is_off(rows.i16(row, 2)) +
                (rows.text(row, 3) == "gone" ? " have ended: it answered 410 Gone."
                                             : " have ended: for days it has only failed.") +
                " Set it again to go on; what it missed can be replayed.";
  notice.link = "/webhooks";
  notice.dedupe_key = "webhook_disabled:" + to_string(rows.uuid(row, 1)) + ":" +
                      std::to_string(unix_micros(rows.instant(row, 4)));
  return notice;
}

}  // namespace

void tell_of_disabled_webhooks(Pg& pg, Journal& journal) {
  auto rows = pg.run(sql::webhook_notices, {kRoundMax});
  if (!rows || rows->size() == 0) return;
  std::vector<Change> notices;
  for (int row = 0; row < rows->size(); ++row) notices.emplace_back(notice_of_row(*rows, row));
  const std::vector<Result<Receipt>> receipts = journal.commit_all(std::move(notices));
  for (int row = 0; row < rows->size(); ++row) {
    if (!receipts[static_cast<size_t>(row)]) continue;
    (void)pg.run(sql::webhook_noticed, {rows->i64(row, 0), rows->uuid(row, 1)});
  }
}

}  // namespace dundun
