// POST /verify/start: a code to a number.
#include "common/base/config.h"
#include "common/io/pg.h"
#include "handlers/verify/app_json.h"
#include "handlers/verify/code_message.h"
#include "handlers/verify/endpoints.h"
#include "sql/verify.h"

namespace dundun {
namespace {

// A code to a landline is paid, and mostly nobody reads it.
Status may_get_texts(const Msisdn& to, bool landlines) {
  const Msisdn::Line line = to.line();
  if (landlines || (line != Msisdn::Line::kFixed && line != Msisdn::Line::kOther)) return Done{};
  Error error = fail(ErrorCode::kInvalidPhone,
                     "'" + to.e164() + "' is no mobile number by its country's plan, and gets no " +
                         "texts. Verify apps with landlines: true send to it all the same.");
  error.extra = R"("reason":"landline")";
  return error;
}

Result<CodeMessage> prepare(Context& context) {
  constexpr auto& col = sql::verify_start_facts;
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::string number = TRY(object.required_string("to"));
  const std::optional<std::string> app_id = TRY(object.optional_string("app_id"));
  (void)TRY(parse_verify_settings(object, {}));
  const Msisdn to = TRY(Msisdn::parse(number));
  const PgRows rows =
      TRY(context.services.pg.query(sql::verify_start_facts, context.caller.account_id, app_id,
                                    to.country(), context.caller.environment));
  if (app_id && rows.is_null(0, col.name)) {
    return fail(ErrorCode::kNotFound, "Verify app not found");
  }
  std::string app_name;
  VerifySettings defaults;
  if (app_id) {
    app_name = rows.text(0, col.name);
    defaults = verify_settings_of(rows, 0, col);
  }
  TRY(may_get_texts(to, rows.boolean(0, col.landlines)));
  const VerifySettings settings = TRY(parse_verify_settings(object, defaults));
  VerifyCode code;
  code.app_id = app_id;
  code.sender = settings.sender;
  code.text_template = settings.text_template;
  code.code_length = static_cast<int16_t>(settings.code_length);
  code.expiry = settings.expiry;
  code.attempts_max = static_cast<int16_t>(context.services.config.verify.attempts_max);
  return make_code_message(context, to, settings, app_name, country_facts_of(rows, col),
                           std::move(code), rows.instant(0, col.now));
}

}  // namespace

Task<Response> start_verification(Context& context) {
  CodeMessage message = co_await prepare(context);
  co_return co_await send_code_message(context, std::move(message));
}

}  // namespace dundun
