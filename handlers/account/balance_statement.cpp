// GET /balance/statement: the wallet's ledger as CSV, newest first, however long it is.
#include <limits>

#include "common/base/money.h"
#include "common/io/csv_writer.h"
#include "common/io/pg.h"
#include "common/web/csv_download.h"
#include "common/web/date_range.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/ledger.h"
#include "sql/account.h"

namespace dundun {
namespace {

constexpr int64_t kPageRows = 10'000;
constexpr std::string_view kHeader =
    "id,type,amount,balance_after,currency,description,batch_id,message_id,fx_rate,created_at";

// Columns as in ledger_page.
void write_line(CsvWriter& csv, const PgRows& rows, int row, std::string_view currency) {
  constexpr auto& col = sql::ledger_statement_page;
  csv.plain(std::to_string(rows.i64(row, col.seq)))
      .plain(ledger_type_name(rows.i16(row, col.type)))
      .plain(format_micros(rows.i64(row, col.amount_micros), 2))
      .plain(format_micros(rows.i64(row, col.balance_after_micros), 2))
      .plain(currency)
      .text(rows.text(row, col.description))
      .plain(rows.is_null(row, col.batch_id) ? ""
                                             : "batch-" + to_string(rows.uuid(row, col.batch_id)))
      .plain(rows.is_null(row, col.message_id) ? ""
                                               : message_id_text(rows.uuid(row, col.message_id)))
      .text(rows.text(row, col.fx_rate))
      .plain(format_z(rows.instant(row, col.created_at)))
      .end_line();
}

// Reads on from the last entry it has seen.
class LedgerPages {
 public:
  LedgerPages(const Caller& caller, const DateRange& range)
      : account_id_(caller.account_id),
        environment_(caller.environment),
        currency_(caller.currency),
        range_(range) {}

  Result<std::string> next(Pg& pg) {
    if (before_ == 0) return std::string();
    const PgRows rows =
        TRY(pg.run(sql::ledger_statement_page,
                   {account_id_, environment_, before_, range_.from, range_.to, kPageRows}));
    CsvWriter csv;
    for (int row = 0; row < rows.size(); ++row) write_line(csv, rows, row, currency_);
    before_ =
        rows.size() < kPageRows ? 0 : rows.i64(rows.size() - 1, sql::ledger_statement_page.seq);
    return csv.take();
  }

 private:
  int64_t account_id_;
  Environment environment_;
  std::string currency_;
  DateRange range_;
  int64_t before_ = std::numeric_limits<int64_t>::max();  // 0: at the end
};

}  // namespace

Result<Response> balance_statement(Context& context) {
  const DateRange range = TRY(parse_date_range(context.request, now()));
  auto pages = std::make_shared<LedgerPages>(context.caller, range);
  CsvPage next_page = [pages](Pg& pg) { return pages->next(pg); };
  Result<Response> response =
      csv_download(context.services, context.caller.account_id, "statement", kHeader, next_page);
  return response;
}

}  // namespace dundun
