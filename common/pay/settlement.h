// From what a provider confirms to money in the wallet: whichever way we heard of it, by its
// callback or because we asked.
#pragma once

#include <cstdint>
#include <string>

#include "common/io/pg.h"
#include "common/journal/changes/wallet.h"
#include "common/pay/provider.h"

namespace dundun {

enum class PaymentStatus : int16_t { kPending = 1, kPaid = 2, kFailed = 3, kExpired = 4 };

struct FoundPayment {
  Payment payment;
  std::string provider;
  PaymentStatus status;
  std::string provider_reference;  // of what was credited; or empty
};

// A row of payment_by_id.
FoundPayment payment_of(const PgRows& rows, int64_t account_id, const Uuid& payment_id);

// The credit for a payment that the provider calls paid. More than was agreed pays for what was
// agreed, and the rest is a matter for people: it is logged. kPaymentRefused, and logged: less than
// was agreed, another currency, or play money after its checkout has expired.
Result<CreditWallet> credit_for(const FoundPayment& found, const PaymentNotice& notice);

// For a credit that the journal had already, `found` read after it: raises the alarm if the
// customer has paid a second time, by another transaction.
void check_second_payment(const FoundPayment& found, const PaymentNotice& notice);

}  // namespace dundun
