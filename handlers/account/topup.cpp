// POST /balance/topup (api.md 5.3): writes down what is to be paid, then opens a checkout for it.
#include "common/io/json.h"
#include "common/pay/provider.h"
#include "common/web/idempotency.h"
#include "handlers/account/routes.h"
#include "handlers/account/topup_amount.h"
#include "sql/statements.h"

namespace dundun {
namespace {

// A top-up still has no checkout this long after the provider's deadline: its process is gone.
constexpr std::chrono::seconds kGoneAfter{5};

Response checkout_answer(std::string_view url, Micros amount, std::string_view currency) {
  const std::string message = "Open checkout_url to pay " + std::string(currency) + " " +
                              format_micros(amount, 2) +
                              ". The balance rises as soon as the payment is confirmed.";
  JsonWriter json;
  json.begin_object()
      .member("checkout_url", url)
      .member("message", std::string_view(message))
      .end_object();
  return Response::json(json.take());
}

// Writes the payment; false when its key was used before.
Result<bool> make_payment(Context& context, const Payment& payment, std::string_view provider,
                          const std::optional<IdempotencyKey>& key) {
  PgPool& pg = context.app.pg;
  std::optional<std::string> key_hash, request_hash;
  if (key) {
    key_hash = key->key_hash;
    request_hash = key->request_hash;
    const std::chrono::milliseconds gone = context.app.config.payments.timeout + kGoneAfter;
    (void)TRY(pg.query(sql::payment_release_key, payment.account_id, *key_hash,
                       static_cast<int64_t>(gone.count())));
  }
  const PgRows made =
      TRY(pg.query(sql::payment_make, payment.account_id, payment.payment_id,
                   static_cast<int16_t>(payment.environment), provider, payment.amount_micros,
                   payment.currency, key_hash, request_hash));
  return made.affected() == 1;
}

// What the first request with this key was answered.
Result<Response> earlier_answer(Context& context, const IdempotencyKey& key) {
  const PgRows rows =
      TRY(context.app.pg.query(sql::payment_by_key, context.caller.account_id, key.key_hash));
  if (rows.size() == 1 && rows.text(0, 0) != key.request_hash) {
    return fail(ErrorCode::kIdempotencyKeyReused,
                "This Idempotency-Key was used with a different request.");
  }
  if (rows.size() == 0 || rows.is_null(0, 1)) {
    Error error = fail(ErrorCode::kIdempotencyInProgress,
                       "The first request with this Idempotency-Key is still running.");
    error.retry_after_s = 1;
    return error;
  }
  Response response = checkout_answer(rows.text(0, 1), rows.i64(0, 2), rows.text(0, 3));
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

// Asks the provider; the payment is committed by now.
Result<Response> open_checkout(Context& context, const Payment& payment,
                               PaymentProvider& provider) {
  PgPool& pg = context.app.pg;
  Result<std::string> url = provider.checkout(payment);
  if (!url) {
    (void)pg.query(sql::payment_not_opened, payment.account_id, payment.payment_id);
    return std::move(url).error();
  }
  (void)TRY(pg.query(sql::payment_opened, payment.account_id, payment.payment_id, *url));
  return checkout_answer(*url, payment.amount_micros, payment.currency);
}

}  // namespace

Task<Response> topup(Context& context) {
  const PaymentConfig& config = context.app.config.payments;
  const Caller& caller = context.caller;
  const std::string_view name = payment_provider_name(config, caller.environment);
  const std::unique_ptr<PaymentProvider> provider = make_payment_provider(name, config);
  if (!provider) co_return fail(ErrorCode::kUnavailable, "Top-up is not available here.");
  const std::string& body = context.request.body;
  const Micros amount = co_await topup_amount(body, caller.currency, context.snapshot, config);
  const std::optional<IdempotencyKey> key = co_await idempotency_key(context.request, caller);
  Payment payment{};
  payment.account_id = caller.account_id;
  payment.payment_id = new_uuid7();
  payment.environment = caller.environment;
  payment.amount_micros = amount;
  payment.currency = caller.currency;
  const bool is_new = co_await make_payment(context, payment, name, key);
  if (!is_new) co_return co_await earlier_answer(context, *key);
  co_return co_await open_checkout(context, payment, *provider);
}

}  // namespace dundun
