// GET /payments/return/{provider}: the customer's browser, back from the checkout. The provider is
// asked at once how the payment ended, because its callback may be late or lost.
#include "common/base/config.h"
#include "common/base/log.h"
#include "common/io/pg.h"
#include "common/pay/reference.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/settle.h"
#include "sql/payments.h"

namespace dundun {
namespace {

constexpr int32_t kBetweenAsksS = 10;

// nullopt: there is nothing to ask now. The address is anybody's to call, so a reference that is
// not ours, a payment that is paid and a second call within a moment ask nobody.
Result<std::optional<FoundPayment>> payment_to_ask(Context& context) {
  const std::optional<FoundPayment> none;
  const std::string_view reference = context.request.query_value("tx_ref").value_or("");
  auto found = find_payment(context, reference);
  if (!found || found->provider != context.request.parameters.at(0)) return none;
  const PgRows rows = TRY(context.services.pg.query(sql::payment_ask_now, found->payment.account_id,
                                                    found->payment.payment_id, kBetweenAsksS));
  if (rows.size() == 0) return none;
  return std::optional<FoundPayment>(*std::move(found));
}

// A failed attempt is not told on: the customer may try again on the same page.
Result<std::optional<PaymentNotice>> paid_notice(const Context& context,
                                                 const FoundPayment& found) {
  const PaymentConfig& config = context.services.config.payments;
  const std::unique_ptr<PaymentProvider> provider = make_payment_provider(found.provider, config);
  const std::optional<PaymentNotice> none;
  if (!provider) return none;
  const PaymentName name{found.payment.account_id, found.payment.payment_id};
  auto notice = provider->ask(payment_reference(name, config.secret));
  if (!notice || notice->state != PaymentNotice::State::kPaid) return none;
  return std::optional<PaymentNotice>(*std::move(notice));
}

Response to_the_portal(const Context& context) {
  Response response;
  response.status = 303;
  response.content_type = "text/plain";
  response.headers = {{"Location", context.services.config.payments.public_url + "/"},
                      {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

Task<Response> payment_return(Context& context) {
  if (context.services.config.payments.provider.empty()) {
    co_return fail(ErrorCode::kNotFound, "Not Found");
  }
  std::optional<FoundPayment> found = co_await payment_to_ask(context);
  if (!found) co_return to_the_portal(context);
  std::optional<PaymentNotice> notice = co_await paid_notice(context, *found);
  if (!notice) co_return to_the_portal(context);
  Task<Response> settling = settle_notice(context, *std::move(found), *std::move(notice));
  (void)co_await std::move(settling);
  co_return to_the_portal(context);
}

}  // namespace dundun
