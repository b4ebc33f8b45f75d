// GET and POST /pay/sandbox/{reference}: the sandbox's checkout, a page with one button. The button
// makes the provider's signed callback, which is settled as if it came from outside.
#include "common/base/config.h"
#include "common/identity/control.h"
#include "common/pay/sandbox.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/settle.h"

namespace dundun {
namespace {

constexpr std::string_view kHead =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>Sandbox checkout</title>"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:12vh auto;padding:0 "
    "1rem}"
    "button{font:inherit;padding:.6rem 1.2rem}</style><h1>Sandbox checkout</h1>";

std::string_view outcome_text(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::kPending:
      return "<p>No money moves here: the button pretends that you paid.</p>"
             "<form method=\"post\"><button>Pay</button></form>";
    case PaymentStatus::kPaid:
      return "<p>Paid. The balance has been credited.</p>";
    case PaymentStatus::kFailed:
      return "<p>This payment has failed.</p>";
    case PaymentStatus::kExpired:
      return "<p>This checkout has expired. Ask for a new one.</p>";
  }
  return "";
}

// Nothing on the page is anybody's text: there is nothing to escape.
Response page(const FoundPayment& found, PaymentStatus status, int http_status) {
  std::string html(kHead);
  html += "<p>" + found.payment.currency + " " +
          format_micros(found.payment.amount_micros, currency_digits(found.payment.currency)) +
          " for the " + std::string(environment_name(found.payment.environment)) + " wallet</p>";
  html += outcome_text(status);
  Response response;
  response.status = http_status;
  response.body = std::move(html);
  response.content_type = "text/html; charset=utf-8";
  response.headers = {{"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                       "frame-ancestors 'none'; base-uri 'none'"}};
  return response;
}

Result<FoundPayment> sandbox_payment(Context& context) {
  FoundPayment found = TRY(find_payment(context, context.request.parameters.at(0)));
  if (found.provider != "sandbox") return fail(ErrorCode::kNotFound, "Payment not found");
  return found;
}

}  // namespace

Result<Response> sandbox_page(Context& context) {
  const FoundPayment found = TRY(sandbox_payment(context));
  return page(found, found.status, 200);
}

Task<Response> sandbox_pay(Context& context) {
  const FoundPayment found = co_await sandbox_payment(context);
  if (found.status == PaymentStatus::kFailed || found.status == PaymentStatus::kExpired) {
    co_return page(found, found.status, 409);
  }
  const Sandbox sandbox(context.services.config.payments);
  const std::string body = sandbox.callback_body(found.payment);
  const std::string signature = sandbox.signature_of(body);
  const CallbackHeaders headers{signature, {}};
  Task<Response> settled = settle(context, "sandbox", headers, body);
  (void)co_await std::move(settled);
  co_return page(found, PaymentStatus::kPaid, 200);
}

}  // namespace dundun
