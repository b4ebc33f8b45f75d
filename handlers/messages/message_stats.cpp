// GET /messages/stats: today against yesterday and the last 14 days.
#include "common/io/json.h"
#include "common/io/pg.h"
#include "handlers/messages/daily.h"
#include "handlers/messages/endpoints.h"
#include "sql/account.h"

namespace dundun {
namespace {

constexpr int64_t kPeriodDays = 14;

}  // namespace

Result<Response> message_stats(Context& context) {
  const std::vector<DayCounts> days = TRY(last_days(context, kPeriodDays, now()));
  const PgRows wallet = TRY(context.services.pg.query(sql::wallet_by_key, context.caller.account_id,
                                                      context.caller.environment));
  const DayCounts& today = days.back();
  const DayCounts& yesterday = days[days.size() - 2];
  DayCounts period{};
  for (const DayCounts& day : days) {
    period.delivered += day.delivered;
    period.failed += day.failed;
    period.sent += day.sent;
  }
  JsonWriter json;
  json.begin_object().member("sent_today", today.sent).key("sent_delta_pct");
  json.decimal(delta_percent(today.sent, yesterday.sent), 1).key("delivery_rate");
  json.decimal(delivery_rate(period.delivered, period.failed), 1)
      .member("failed_today", today.failed)
      .member("failed_delta", today.failed - yesterday.failed)
      .member_money("balance",
                    wallet.size() > 0 ? wallet.i64(0, sql::wallet_by_key.balance_micros) : 0)
      .member("currency", context.caller.currency)
      .member("period_total", period.sent)
      .member("period_days", kPeriodDays)
      .end_object();
  return Response::json(json.take());
}

}  // namespace dundun
