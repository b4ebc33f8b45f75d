// POST /verify/{id}/resend: a fresh code, the same verification.
#include "common/base/config.h"
#include "common/io/pg.h"
#include "handlers/verify/app_json.h"
#include "handlers/verify/code_message.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/verification_json.h"
#include "sql/verify.h"

namespace dundun {
namespace {

Result<CodeMessage> prepare_again(Context& context) {
  constexpr auto& col = sql::verify_resend_facts;
  const std::optional<Uuid> id = parse_verification_id(context.request.parameters.at(0));
  if (!id) return fail(ErrorCode::kNotFound, "Verification not found");
  const PgRows rows = TRY(context.services.pg.query(
      sql::verify_resend_facts, context.caller.account_id, *id, context.caller.environment));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Verification not found");
  const Msisdn to = TRY(Msisdn::parse(rows.text(0, col.phone)));
  const VerifySettings settings = verify_settings_of(rows, 0, col);
  const VerifyConfig& config = context.services.config.verify;
  VerifyCode code;
  code.step = VerifyCode::Step::kResend;
  code.verification_id = *id;
  code.sends_max = static_cast<int16_t>(config.sends_max);
  code.pause = config.resend_pause;
  const std::string app_name = rows.maybe_text(0, col.name).value_or("");
  return make_code_message(context, to, settings, app_name, country_facts_of(rows, col),
                           std::move(code), rows.instant(0, col.now));
}

}  // namespace

Task<Response> resend_verification(Context& context) {
  CodeMessage message = co_await prepare_again(context);
  co_return co_await send_code_message(context, std::move(message));
}

}  // namespace dundun
