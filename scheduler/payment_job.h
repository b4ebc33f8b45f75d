// Asks the payment provider for payments that nobody has told us of, because a callback may be
// lost: with back-off, before the checkout expires and once after.
#pragma once

#include <chrono>

#include "common/base/config.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "common/pay/settlement.h"

namespace dundun {

class PaymentJob {
 public:
  PaymentJob(const Config& config, Pg& pg, Journal& journal)
      : config_(config), pg_(pg), journal_(journal) {}

  // One round. Gives how long until the next. Blocks for a call a payment, one after the other.
  std::chrono::milliseconds run();

 private:
  void ask(int64_t account_id, const Uuid& payment_id);
  void settle(const FoundPayment& found, const PaymentNotice& notice);

  const Config& config_;
  Pg& pg_;
  Journal& journal_;
};

}  // namespace dundun
