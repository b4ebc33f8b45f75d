// GET /verify: newest first.
#include "common/io/pg.h"
#include "common/sms/msisdn.h"
#include "common/web/paging.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {
namespace {

constexpr int64_t kCountMax = 100'000;

struct Filter {
  PgParam statuses = nullptr;  // written down
  bool pending = true;         // of those that are written down as pending
  bool expired = true;
  std::optional<std::string> app_id;
  std::optional<std::string> phone;
  std::optional<Uuid> before;
};

Status parse_status_filter(const Request& request, Filter& filter) {
  const std::string_view wanted = request.query_value("status").value_or("");
  filter.pending = wanted.empty() || wanted == "pending";
  filter.expired = wanted.empty() || wanted == "expired";
  PgArray statuses(PgArray::Type::kInt2);
  bool known = filter.pending || filter.expired;
  for (const VerifyStatus status :
       {VerifyStatus::kApproved, VerifyStatus::kFailed, VerifyStatus::kCanceled}) {
    const bool named = wanted == verification_status(status, false);
    known = known || named;
    if (named || wanted.empty()) statuses.add(static_cast<int16_t>(status));
  }
  if (!known) return invalid_query("status", "unknown status");
  filter.statuses = statuses.finish();
  return Done{};
}

Result<Filter> parse_filter(const Request& request) {
  Filter filter;
  TRY(parse_status_filter(request, filter));
  if (const auto app = request.query_value("app_id"); app && !app->empty()) filter.app_id = *app;
  if (const auto to = request.query_value("to"); to && !to->empty()) {
    const Result<Msisdn> number = Msisdn::parse(*to);
    if (!number) return invalid_query("to", "not a phone number with its country code");
    filter.phone = number->e164();
  }
  filter.before = TRY(query_id(request, "after", "a verification id", parse_verification_id));
  return filter;
}

Result<PgRows> page_of(Context& context, const Filter& filter, const Paging& paging) {
  const int64_t account = context.caller.account_id;
  const auto environment = context.caller.environment;
  const int64_t offset = filter.before ? 0 : paging.offset();
  return context.services.pg.query(sql::verifications_page, account, environment, filter.statuses,
                                   filter.pending, filter.expired, filter.app_id, filter.before,
                                   filter.phone, paging.limit, offset);
}

Result<int64_t> total_of(Context& context, const Filter& filter) {
  const auto environment = context.caller.environment;
  const PgRows rows = TRY(context.services.pg.query(
      sql::verifications_count, context.caller.account_id, environment, filter.statuses,
      filter.pending, filter.expired, filter.app_id, filter.phone, kCountMax));
  return rows.i64(0, 0);
}

}  // namespace

Result<Response> list_verifications(Context& context) {
  const Paging paging = TRY(parse_paging(context.request));
  const Filter filter = TRY(parse_filter(context.request));
  const int64_t total = TRY(total_of(context, filter));
  const PgRows rows = TRY(page_of(context, filter, paging));
  JsonWriter json;
  json.begin_object().key("verifications").begin_array();
  for (int row = 0; row < rows.size(); ++row) write_verification(json, rows, row);
  json.end_array()
      .member("total", total)
      .member("page", paging.page)
      .member("limit", paging.limit)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
