#include "handlers/verify/code_message.h"

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"
#include "common/web/idempotency.h"
#include "common/web/kept_answer.h"
#include "handlers/verify/code.h"
#include "handlers/verify/verification_json.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;

constexpr size_t kSaltBytes = 16;

// Test keys get the code itself in the answer, because their messages are not sent.
std::string answer_json(const Context& context, const AcceptMessage& accept,
                        const std::string& code) {
  JsonWriter json;
  json.begin_object()
      .member("verification_id", verification_id_text(accept.code->verification_id))
      .member("status", "pending")
      .member("to", accept.phone)
      .member("expires_at", format_z(accept.code->expires_at));
  if (context.caller.environment == Environment::kTest) {
    json.member("sandbox_code", code);
  }
  json.end_object();
  return json.take();
}

}  // namespace

Result<CodeMessage> make_code_message(Context& context, const Msisdn& to,
                                      const VerifySettings& settings, const std::string& app_name,
                                      const CountryFacts& facts, VerifyCode code, Instant at) {
  TRY(may_send_codes_to(to.country(), facts));
  const VerifyConfig& config = context.services.config.verify;
  const std::string digits = new_code(settings.code_length);
  SendRequest request{
      .to = to, .text = TRY(verify_text(settings.text_template, app_name, to.e164(), digits))};
  request.sender = settings.sender;
  request.trace_id = context.request.recorded_trace();
  // Whole seconds, as the answer says.
  code.expires_at = std::chrono::floor<std::chrono::seconds>(at) + settings.expiry;
  request.not_after = code.expires_at;
  Payer payer = payer_of(context.caller);
  payer.source = "verify";
  Outgoing outgoing = TRY(prepare(*context.services.sending, context.snapshot, request, payer));
  CodeMessage message{std::move(outgoing.message), {}};
  AcceptMessage& accept = message.accept;
  accept.despite_opt_out = true;  // it is its recipient who asks for it
  if (code.step == VerifyCode::Step::kStart) code.verification_id = accept.message_id;
  code.salt = random_bytes(kSaltBytes);
  code.code_hash = code_hash(config.secret, code.salt, digits);
  code.shown_body = hide_code(accept.body, digits);
  code.quotas = quotas_of(accept.phone, accept.country, facts, config);
  accept.code = std::move(code);
  message.answer = answer_json(context, accept, digits);
  accept.idempotency = TRY(idempotency_key(context.request, context.caller));
  if (accept.idempotency) accept.answer = {accept.idempotency->key_hash, 200, message.answer};
  return message;
}

Task<Response> send_code_message(Context& context, CodeMessage message) {
  const AcceptMessage& accept = message.accept;
  const Sent sent = co_await send(*context.services.sending, accept);
  const CommitResult& result = sent.result;
  if (auto known = answer_of_key(result)) co_return co_await std::move(*known);
  switch (result.outcome) {
    case Outcome::kCommitted:
      break;
    case Outcome::kInsufficientBalance:
      co_return too_poor(accept.cost_currency, accept.cost_micros, result.balance_micros);
    case Outcome::kCodeRefused:
      co_return code_refusal(context, accept, result);
    case Outcome::kNotFound:
      co_return fail(ErrorCode::kNotFound, "Verification not found");
    default:
      co_return other_refusal(result);
  }
  co_return Response::json(message.answer);
}

}  // namespace dundun
