// GET /messages/batches (ours): the account's campaigns, newest first.
#include "common/io/pg.h"
#include "common/sms/campaign.h"
#include "common/web/paging.h"
#include "handlers/bulk/batch_json.h"
#include "handlers/bulk/endpoints.h"
#include "sql/campaigns.h"

namespace dundun {
namespace {

Result<PgParam> statuses_of(const Request& request) {
  PgArray statuses(PgArray::Type::kInt2);
  const std::string_view wanted = request.query_value("status").value_or("");
  const std::optional<CampaignStatus> status = parse_campaign_status(wanted);
  if (!wanted.empty() && !status) return invalid_query("status", "unknown status");
  for (int16_t number = 1; number <= kCampaignStatusMax; ++number) {
    if (!status || static_cast<int16_t>(*status) == number) statuses.add(number);
  }
  return statuses.finish();
}

PgParam ids_of(const PgRows& rows) {
  PgArray ids(PgArray::Type::kUuid);
  for (int row = 0; row < rows.size(); ++row) ids.add(rows.uuid(row, sql::batches_page.batch_id));
  return ids.finish();
}

}  // namespace

Result<Response> list_batches(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const PgParam statuses = TRY(statuses_of(context.request));
  const std::optional<Uuid> after =
      TRY(query_id(context.request, "after", "a batch id", parse_batch_id));
  PgArray environments(PgArray::Type::kInt2);
  environments.add(context.caller.environment);
  const PgParam environment = environments.finish();
  const int64_t account = context.caller.account_id;
  const int64_t offset = after ? 0 : paging.offset();
  const PgRows total =
      TRY(context.services.pg.query(sql::batches_count, account, environment, statuses));
  const PgRows rows = TRY(context.services.pg.query(sql::batches_page, account, environment,
                                                    statuses, paging.limit, offset, after));
  const PgParam ids = ids_of(rows);
  const PgRows counts = TRY(context.services.pg.query(sql::batch_state_counts, account, ids));
  const BatchCounts by_batch = batch_counts_of(counts);
  JsonWriter json;
  json.begin_object().key("batches").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    json.begin_object();
    write_batch(json, rows, row, by_batch);
    json.end_object();
  }
  json.end_array()
      .member("total", total.i64(0, 0))
      .member("page", paging.page)
      .member("limit", paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
