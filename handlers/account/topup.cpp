// POST /balance/topup: writes down what is to be paid, then opens a checkout for it.
#include "common/base/config.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/pay/provider.h"
#include "common/sending/snapshot.h"
#include "common/web/audited_change.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/topup_amount.h"
#include "sql/payments.h"

namespace dundun {
namespace {

// A top-up still has no checkout this long after the provider's deadline: its process is gone.
constexpr std::chrono::seconds kGoneAfter{5};
// Sooner nobody has paid.
constexpr std::chrono::seconds kFirstAskAfter{60};

Response checkout_answer(std::string_view url, Micros amount, std::string_view currency) {
  const std::string message = "Open checkout_url to pay " + std::string(currency) + " " +
                              format_micros(amount, currency_digits(currency)) +
                              ". The balance rises as soon as the payment is confirmed.";
  JsonWriter json;
  json.begin_object().member("checkout_url", url).member("message", message).end_object();
  return Response::json(json.take());
}

// Writes the payment down, or finds the one of a process that died before it had a checkout.
Result<AuditedChange::Work> make_payment(Context& context, Payment& payment,
                                         std::string_view provider) {
  const std::chrono::milliseconds gone = context.services.config.payments.timeout + kGoneAfter;
  AuditedChange change = TRY(AuditedChange::begin(context));
  AuditedChange::Work work = TRY(change.claim_work(payment.payment_id, gone));
  if (work.answer) return work;
  payment.payment_id = work.id;
  if (work.begun_before) {
    const PgRows made = TRY(change.run(sql::payment_by_id, payment.account_id, work.id));
    payment.amount_micros = made.i64(0, sql::payment_by_id.amount_micros);
  } else {
    (void)TRY(change.run(sql::payment_make, payment.account_id, payment.payment_id,
                         payment.environment, provider, payment.amount_micros, payment.currency));
  }
  TRY(change.commit(AuditedChange::Effect::kNone));
  return work;
}

// Asks the provider; the payment is committed by now.
Result<Response> open_checkout(Context& context, const Payment& payment,
                               PaymentProvider& provider) {
  PgPool& pg = context.services.pg;
  Result<std::string> url = provider.checkout(payment);
  if (!url) {
    (void)pg.query(sql::payment_failed, payment.account_id, payment.payment_id);
    AuditedChange::abandon_work(context);
    return std::move(url).error();
  }
  const auto ask_after = provider.can_be_asked()
                             ? std::optional(static_cast<int32_t>(kFirstAskAfter.count()))
                             : std::nullopt;
  (void)TRY(pg.query(sql::payment_opened, payment.account_id, payment.payment_id, *url, ask_after));
  return AuditedChange::finish_work(context,
                                    checkout_answer(*url, payment.amount_micros, payment.currency));
}

}  // namespace

Result<Response> topup(Context& context) {
  const PaymentConfig& config = context.services.config.payments;
  const Caller& caller = context.caller;
  const std::string_view name = payment_provider_name(config, caller.environment);
  const std::unique_ptr<PaymentProvider> provider = make_payment_provider(name, config);
  if (!provider) return fail(ErrorCode::kUnavailable, "Top-up is not available here.");
  const std::string& body = context.request.body;
  const Micros amount = TRY(topup_amount(body, caller.currency, context.snapshot, config));
  Payment payment{};
  payment.account_id = caller.account_id;
  payment.payment_id = new_uuid7();
  payment.environment = caller.environment;
  payment.amount_micros = amount;
  payment.currency = caller.currency;
  AuditedChange::Work work = TRY(make_payment(context, payment, name));
  if (work.answer) return *std::move(work.answer);
  return open_checkout(context, payment, *provider);
}

}  // namespace dundun
