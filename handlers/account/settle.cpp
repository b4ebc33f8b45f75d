#include "handlers/account/settle.h"

#include "common/base/config.h"
#include "common/base/executor.h"
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
  FoundPayment found = payment_of(rows, name->account_id, name->payment_id);
  // The environment's provider may have changed since: play money never pays a real wallet.
  if (found.provider == "sandbox" &&
      payment_provider_name(config, found.payment.environment) != "sandbox") {
    return fail(ErrorCode::kNotFound, "Payment not found");
  }
  return found;
}

Task<Response> settle_notice(Context& context, FoundPayment found, PaymentNotice notice) {
  if (notice.state == State::kOther) co_return state_answer("ignored");
  if (notice.state == State::kFailed) {
    co_await context.services.pg.query(sql::payment_failed, found.payment.account_id,
                                       found.payment.payment_id);
    co_return state_answer("failed");
  }
  CreditWallet credit = co_await credit_for(found, notice);
  Task<CommitResult> committing =
      commit(*context.services.journal, std::move(credit), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  if (result.outcome == Outcome::kDuplicate) {
    const FoundPayment before = co_await find_payment(context, notice.reference);
    check_second_payment(before, notice);
  } else if (result.outcome != Outcome::kCommitted) {
    co_return fail(ErrorCode::kInternal, "Internal server error", "a credit was not posted");
  }
  co_return state_answer("paid");
}

Task<Response> settle(Context& context, std::string provider_name, CallbackHeaders headers,
                      std::string body) {
  PaymentNotice notice = co_await verify(context, provider_name, headers, body);
  if (notice.state == State::kOther) co_return state_answer("ignored");
  FoundPayment found = co_await find_payment(context, notice.reference);
  // Another provider's word about this payment is none.
  if (found.provider != provider_name) co_return fail(ErrorCode::kNotFound, "Payment not found");
  Task<Response> settled = settle_notice(context, std::move(found), std::move(notice));
  co_return co_await std::move(settled);
}

}  // namespace dundun
