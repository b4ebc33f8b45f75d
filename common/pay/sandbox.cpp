#include "common/pay/sandbox.h"

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "common/pay/reference.h"

namespace dundun {

Result<std::string> Sandbox::checkout(const Payment& payment) {
  return config_.public_url + "/pay/sandbox/" +
         payment_reference({payment.account_id, payment.payment_id}, config_.secret);
}

std::string Sandbox::callback_body(const Payment& payment) const {
  JsonWriter json;
  json.begin_object()
      .member("reference",
              payment_reference({payment.account_id, payment.payment_id}, config_.secret))
      .member("id", "sandbox-" + to_string(payment.payment_id))
      .member("status", "paid")
      .member_money("amount", payment.amount_micros)
      .member("currency", payment.currency)
      .end_object();
  return json.take();
}

std::string Sandbox::signature_of(std::string_view body) const {
  return "sha256=" + to_hex(hmac_sha256(config_.secret, body));
}

Result<PaymentNotice> Sandbox::verify_callback(const CallbackHeaders& headers,
                                               std::string_view body) {
  if (!equal_constant_time(headers.signature, signature_of(body))) {
    return fail(ErrorCode::kInvalidSignature, "The callback's signature is wrong.");
  }
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const JsonObject object = TRY(JsonObject::of(document));
  PaymentNotice notice;
  notice.reference = TRY(object.required_string("reference"));
  notice.provider_reference = TRY(object.optional_string("id")).value_or("");
  notice.amount_micros = TRY(object.optional_money("amount")).value_or(0);
  notice.currency = TRY(object.required_string("currency"));
  const std::string status = TRY(object.required_string("status"));
  if (status == "paid") notice.state = PaymentNotice::State::kPaid;
  if (status == "failed") notice.state = PaymentNotice::State::kFailed;
  return notice;
}

}  // namespace dundun
