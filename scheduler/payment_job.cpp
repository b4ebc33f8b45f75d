#include "scheduler/payment_job.h"

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/journal/change.h"
#include "common/pay/reference.h"
#include "sql/payments.h"

namespace dundun {
namespace {

constexpr std::chrono::milliseconds kAskPause{1000};
constexpr int32_t kFirstAskPauseS = 60;
constexpr int64_t kAskedMax = 5;

}  // namespace

std::chrono::milliseconds PaymentJob::run() {
  constexpr auto& col = sql::payments_to_ask;
  if (config_.payments.provider.empty()) return kAskPause;
  const auto rows = pg_.run(sql::payments_to_ask, {kFirstAskPauseS, kAskedMax});
  for (int row = 0; rows && row < rows->size(); ++row) {
    if (rows->boolean(row, col.is_open))
      ask(rows->i64(row, col.account_id), rows->uuid(row, col.payment_id));
  }
  return kAskPause;
}

// Whatever goes wrong, the next question is due already.
void PaymentJob::ask(int64_t account_id, const Uuid& payment_id) {
  const auto rows = pg_.run(sql::payment_by_id, {account_id, payment_id});
  if (!rows || rows->size() == 0) return;
  const FoundPayment found = payment_of(*rows, account_id, payment_id);
  const std::unique_ptr<PaymentProvider> provider =
      make_payment_provider(found.provider, config_.payments);
  if (!provider) return;
  counter("dundun_payments_asked_total").add();
  const auto notice =
      provider->ask(payment_reference({account_id, payment_id}, config_.payments.secret));
  if (!notice && notice.error().code != ErrorCode::kPaymentRefused) {
    log(LogLevel::kWarning, "payment_not_asked",
        {{"account_id", account_id},
         {"payment_id", std::string_view(to_string(payment_id))},
         {"detail", std::string_view(notice.error().detail)}});
  }
  if (notice && notice->state == PaymentNotice::State::kPaid) settle(found, *notice);
}

void PaymentJob::settle(const FoundPayment& found, const PaymentNotice& notice) {
  auto credit = credit_for(found, notice);
  if (!credit) return;
  const auto results = journal_.commit_all({Change(*std::move(credit))});
  if (!results.front()) return;
  log(LogLevel::kInfo, "payment_found",
      {{"account_id", found.payment.account_id},
       {"payment_id", std::string_view(to_string(found.payment.payment_id))}});
}

}  // namespace dundun
