#include "handlers/account/settle.h"

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/pay/reference.h"
#include "sql/payments.h"

namespace dundun {
namespace {

using Outcome = CommitResult::Outcome;
using State = PaymentNotice::State;

Response state_answer(std::string_view status) {
  JsonWriter json;
  json.begin_object().member("status", status).end_object();
  return Response::json(json.take());
}

// Somebody paid, or says so, and we do not take it: a matter for people.
Error refuse(const FoundPayment& found, std::string message) {
  log(LogLevel::kError, "payment_refused",
      {{"account_id", found.payment.account_id},
       {"payment_id", std::string_view(to_string(found.payment.payment_id))},
       {"provider", std::string_view(found.provider)},
       {"detail", std::string_view(message)}});
  return fail(ErrorCode::kPaymentRefused, std::move(message));
}

Status compare(const FoundPayment& found, const PaymentNotice& notice) {
  if (notice.amount_micros != found.payment.amount_micros ||
      notice.currency != found.payment.currency) {
    return refuse(found, "The amount is not the one that was agreed.");
  }
  // A real provider's late word is money that a customer has paid: it counts. The sandbox's is not.
  if (found.provider == "sandbox" && found.status == PaymentStatus::kExpired) {
    return refuse(found, "The checkout has expired.");
  }
  return Done{};
}

CreditWallet credit_of(const FoundPayment& found, const PaymentNotice& notice) {
  CreditWallet credit{};
  credit.account_id = found.payment.account_id;
  credit.environment = found.payment.environment;
  credit.payment_id = found.payment.payment_id;
  credit.amount_micros = found.payment.amount_micros;
  credit.description = "Top-up by " + found.provider;
  credit.provider_reference = notice.provider_reference;
  return credit;
}

Result<PaymentNotice> verify(const Context& context, std::string_view provider_name,
                             const CallbackHeaders& headers, std::string_view body) {
  const std::unique_ptr<PaymentProvider> provider =
      make_payment_provider(provider_name, context.services.config.payments);
  if (!provider) return fail(ErrorCode::kNotFound, "Not Found");
  return provider->verify_callback(headers, body);
}

}  // namespace

Result<FoundPayment> find_payment(Context& context, std::string_view reference) {
  const PaymentConfig& config = context.services.config.payments;
  const std::optional<PaymentName> name = parse_payment_reference(reference, config.secret);
  if (config.provider.empty() || !name) return fail(ErrorCode::kNotFound, "Payment not found");
  const PgRows rows =
      TRY(context.services.pg.query(sql::payment_by_id, name->account_id, name->payment_id));
  if (rows.size() == 0) return fail(ErrorCode::kNotFound, "Payment not found");
  FoundPayment found{};
  found.payment.account_id = name->account_id;
  found.payment.payment_id = name->payment_id;
  found.payment.environment = Environment(rows.i16(0, 0));
  found.provider = rows.text(0, 1);
  found.payment.amount_micros = rows.i64(0, 2);
  found.payment.currency = rows.text(0, 3);
  found.status = PaymentStatus(rows.i16(0, 4));
  // The environment's provider may have changed since: play money never pays a real wallet.
  if (found.provider == "sandbox" &&
      payment_provider_name(config, found.payment.environment) != "sandbox") {
    return fail(ErrorCode::kNotFound, "Payment not found");
  }
  return found;
}

Task<Response> settle(Context& context, std::string provider_name, CallbackHeaders headers,
                      std::string body) {
  const PaymentNotice notice = co_await verify(context, provider_name, headers, body);
  if (notice.state == State::kOther) co_return state_answer("ignored");
  const FoundPayment found = co_await find_payment(context, notice.reference);
  // Another provider's word about this payment is none.
  if (found.provider != provider_name) co_return fail(ErrorCode::kNotFound, "Payment not found");
  if (notice.state == State::kFailed) {
    co_await context.services.pg.query(sql::payment_failed, found.payment.account_id,
                                       found.payment.payment_id);
    co_return state_answer("failed");
  }
  co_await compare(found, notice);
  Task<CommitResult> committing =
      commit(*context.services.journal, credit_of(found, notice), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome != Outcome::kCommitted && result.outcome != Outcome::kDuplicate) {
    co_return fail(ErrorCode::kInternal, "Internal server error", "a credit was not posted");
  }
  co_return state_answer("paid");
}

}  // namespace dundun
