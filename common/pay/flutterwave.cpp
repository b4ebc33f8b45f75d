#include "common/pay/flutterwave.h"

#include <algorithm>

#include "common/io/crypto.h"
#include "common/io/http_client.h"
#include "common/io/json.h"
#include "common/pay/reference.h"

namespace dundun {
namespace {

using State = PaymentNotice::State;

constexpr std::chrono::milliseconds kConnectTimeout{3000};

std::string string_at(const JsonValue& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? std::string(value->string()) : std::string();
}

// The `data` of an answer with "status":"success"; kUnavailable without.
Result<JsonValue> data_of(const JsonDocument& answer) {
  const auto data = answer.root().find("data");
  if (string_at(answer.root(), "status") != "success" || !data) {
    return unavailable("Flutterwave: no success in the answer");
  }
  return *data;
}

std::string checkout_request(const Payment& payment, const PaymentConfig& config) {
  const std::string reference =
      payment_reference({payment.account_id, payment.payment_id}, config.secret);
  JsonWriter json;
  json.begin_object()
      .member("tx_ref", reference)
      .member_money("amount", payment.amount_micros)
      .member("currency", payment.currency)
      .member("redirect_url", config.public_url + "/payments/return/flutterwave")
      .key("customer")
      .begin_object()
      .member("email", config.flutterwave_customer_email)
      .end_object()
      .key("customizations")
      .begin_object()
      .member("title", "SMS balance")
      .end_object()
      .end_object();
  return json.take();
}

State state_of(std::string_view status) {
  if (status == "successful") return State::kPaid;
  if (status == "failed") return State::kFailed;
  return State::kOther;
}

Error not_theirs() {
  return fail(ErrorCode::kPaymentRefused, "The provider does not know this payment.");
}

}  // namespace

// 400 and 404 are answers (no such transaction); everything else that is not 200 is trouble that
// may pass, our own wrong key included.
Result<std::string> Flutterwave::call(std::string method, std::string path,
                                      std::string body) const {
  HttpCall call;
  call.method = std::move(method);
  call.url = config_.flutterwave_base_url + path;
  call.headers = {{"Authorization", "Bearer " + config_.flutterwave_secret_key},
                  {"Content-Type", "application/json"}};
  call.body = std::move(body);
  call.timeout = config_.timeout;
  call.connect_timeout = std::min(kConnectTimeout, config_.timeout);
  HttpReply reply = TRY(http_call(call));
  if (reply.status == 400 || reply.status == 404) return not_theirs();
  if (reply.status != 200) {
    return unavailable("Flutterwave answered " + std::to_string(reply.status));
  }
  return std::move(reply.body);
}

Result<std::string> Flutterwave::checkout(const Payment& payment) {
  auto answer = call("POST", "/payments", checkout_request(payment, config_));
  if (!answer) return unavailable("checkout: " + answer.error().detail + answer.error().message);
  auto document = JsonDocument::parse(*answer);
  if (!document) return unavailable("Flutterwave: the answer is no JSON");
  const JsonValue data = TRY(data_of(*document));
  std::string link = string_at(data, "link");
  if (!link.starts_with("https://") && !link.starts_with("http://")) {
    return unavailable("Flutterwave: no link in the answer");
  }
  return link;
}

Result<PaymentNotice> Flutterwave::read_transaction(std::string path) const {
  const std::string answer = TRY(call("GET", std::move(path), {}));
  auto document = JsonDocument::parse(answer);
  if (!document) return unavailable("Flutterwave: the answer is no JSON");
  const JsonValue data = TRY(data_of(*document));
  const auto amount = data.find("amount"), id = data.find("id");
  PaymentNotice notice;
  notice.state = state_of(string_at(data, "status"));
  notice.reference = string_at(data, "tx_ref");
  if (id && id->is_integer()) notice.provider_reference = std::to_string(id->integer());
  notice.amount_micros = amount ? amount->money().value_or(0) : 0;
  notice.currency = string_at(data, "currency");
  return notice;
}

// Our references have nothing that would have to be escaped.
Result<PaymentNotice> Flutterwave::ask(std::string_view reference) {
  PaymentNotice notice =
      TRY(read_transaction("/transactions/verify_by_reference?tx_ref=" + std::string(reference)));
  if (notice.reference != reference) return not_theirs();
  return notice;
}

Result<PaymentNotice> Flutterwave::verify_callback(const CallbackHeaders& headers,
                                                   std::string_view body) {
  // Digests, so that the comparison tells nothing of the hash, not even its length.
  if (!equal_constant_time(sha256(headers.verif_hash), sha256(config_.flutterwave_secret_hash))) {
    return fail(ErrorCode::kInvalidSignature, "The callback's verif-hash is wrong.");
  }
  const JsonDocument document = TRY(JsonDocument::parse(body));
  const auto data = document.root().find("data");
  const auto id = data ? data->find("id") : std::nullopt;
  if (string_at(document.root(), "event") != "charge.completed") return PaymentNotice{};
  if (!id || !id->is_integer()) {
    return fail(ErrorCode::kInvalidRequest, "The callback names no transaction.");
  }
  const std::string path = "/transactions/" + std::to_string(id->integer()) + "/verify";
  PaymentNotice notice = TRY(read_transaction(path));
  notice.provider_reference = std::to_string(id->integer());
  if (notice.reference != string_at(*data, "tx_ref")) return not_theirs();
  return notice;
}

}  // namespace dundun
