#include "common/pay/settlement.h"

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "sql/payments.h"

namespace dundun {
namespace {

// Somebody's money is not where it belongs, and no machine may decide: a matter for people.
void alarm(const char* event, const FoundPayment& found, const PaymentNotice& notice,
           std::string_view detail) {
  log(LogLevel::kError, event,
      {{"account_id", found.payment.account_id},
       {"payment_id", std::string_view(to_string(found.payment.payment_id))},
       {"provider", std::string_view(found.provider)},
       {"transaction", std::string_view(notice.provider_reference)},
       {"detail", detail}});
  counter("dundun_payments_alarms_total", "alarm=\"" + std::string(event) + "\"").add();
}

Error refuse(const FoundPayment& found, const PaymentNotice& notice, std::string message) {
  alarm("payment_refused", found, notice, message);
  return fail(ErrorCode::kPaymentRefused, std::move(message));
}

}  // namespace

FoundPayment payment_of(const PgRows& rows, int64_t account_id, const Uuid& payment_id) {
  constexpr auto& col = sql::payment_by_id;
  FoundPayment found{};
  found.payment.account_id = account_id;
  found.payment.payment_id = payment_id;
  found.payment.environment = Environment(rows.i16(0, col.environment));
  found.provider = rows.text(0, col.provider);
  found.payment.amount_micros = rows.i64(0, col.amount_micros);
  found.payment.currency = rows.text(0, col.currency);
  found.status = PaymentStatus(rows.i16(0, col.status));
  found.provider_reference = rows.maybe_text(0, col.provider_reference).value_or("");
  return found;
}

Result<CreditWallet> credit_for(const FoundPayment& found, const PaymentNotice& notice) {
  const Payment& payment = found.payment;
  if (notice.currency != payment.currency) {
    return refuse(found, notice, "The currency is not the one that was agreed.");
  }
  if (notice.amount_micros < payment.amount_micros) {
    return refuse(found, notice, "The amount is less than was agreed.");
  }
  // A real provider's late word is money that a customer has paid: it counts. The sandbox's is not.
  if (found.provider == "sandbox" && found.status == PaymentStatus::kExpired) {
    return refuse(found, notice, "The checkout has expired.");
  }
  if (notice.amount_micros > payment.amount_micros && found.status != PaymentStatus::kPaid) {
    const Micros more = notice.amount_micros - payment.amount_micros;
    alarm("payment_over", found, notice,
          "paid " + payment.currency + " " +
              format_micros(more, currency_digits(payment.currency)) + " more than agreed");
  }
  CreditWallet credit{};
  credit.account_id = payment.account_id;
  credit.environment = payment.environment;
  credit.payment_id = payment.payment_id;
  credit.amount_micros = payment.amount_micros;
  credit.description = "Top-up by " + found.provider;
  credit.provider_reference = notice.provider_reference;
  return credit;
}

void check_second_payment(const FoundPayment& found, const PaymentNotice& notice) {
  const bool other = !found.provider_reference.empty() && !notice.provider_reference.empty() &&
                     found.provider_reference != notice.provider_reference;
  if (other) {
    alarm("payment_twice", found, notice,
          "paid before by transaction " + found.provider_reference + ": give one back");
  }
}

}  // namespace dundun
