// GET /sender-ids/fees: what registering a name costs where, as the operator has said (dundunctl
// sender fee). Public and the same for everybody: nginx keeps it.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/sms/country_name.h"
#include "handlers/account/endpoints.h"
#include "sql/senders.h"

namespace dundun {

Result<Response> sender_id_fees(Context& context) {
  constexpr auto& col = sql::sender_fees;
  const PgRows rows = TRY(context.services.pg.query(sql::sender_fees));
  JsonWriter json;
  json.begin_object().member("currency", "USD").key("countries").begin_array();
  for (int row = 0; row < rows.size(); ++row) {
    const std::string country(rows.text(row, col.country));
    json.begin_object()
        .member("country_code", country)
        .member("country_name", country_name(country))
        .key("fee_usd");
    rows.is_null(row, col.fee_usd_micros) ? json.null()
                                          : json.money(rows.i64(row, col.fee_usd_micros));
    json.member("fee_type", rows.text(row, col.fee_type))
        .member("covers", rows.maybe_text(row, col.covers))
        .key("fee_table")
        .raw(rows.text(row, col.fee_table))
        .member("note", rows.maybe_text(row, col.note))
        .end_object();
  }
  json.end_array().end_object();
  Response response = Response::json(json.take());
  const std::string max_age = std::to_string(context.services.config.pricing_max_age_s);
  response.headers.emplace_back("Cache-Control", "public, max-age=" + max_age);
  return response;
}

}  // namespace dundun
