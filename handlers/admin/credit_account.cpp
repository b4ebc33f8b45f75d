// POST /admin/accounts/{id}/credit and /debit: money by hand. The instruction is committed with its
// line of the audit log and the claim of its Idempotency-Key, then the journal posts it once.
#include "common/base/executor.h"
#include "common/base/text.h"
#include "common/io/json.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"
#include "common/web/audited_change.h"
#include "common/web/kept_answer.h"
#include "common/web/text_fields.h"
#include "handlers/admin/account_row.h"
#include "handlers/admin/endpoints.h"
#include "sql/account.h"
#include "sql/payments.h"

namespace dundun {
namespace {

using Kind = CreditWallet::Kind;
using Outcome = CommitResult::Outcome;

constexpr size_t kDescriptionBytesMax = 200;
// Longer than the journal's deadline: who has had no answer by then died.
constexpr std::chrono::seconds kGoneAfter{10};
constexpr Micros kAmountMax = 1'000'000'000'000'000;  // a thousand million units

struct Posting {
  Kind kind;
  int64_t account_id;
  Environment environment = Environment::kLive;
  Micros amount_micros;  // positive
  std::string currency;
  std::string description;

  Micros signed_amount() const {
    return kind == Kind::kManualDebit ? -amount_micros : amount_micros;
  }
};

Result<Posting> parse_credit(const Context& context, Kind kind) {
  Posting posting{};
  posting.kind = kind;
  posting.account_id = TRY(path_account(context));
  const JsonDocument document = TRY(JsonDocument::parse(context.request.body));
  const JsonObject object = TRY(JsonObject::of(document));
  const std::optional<Micros> amount = TRY(object.optional_money("amount"));
  if (!amount || *amount <= 0 || *amount > kAmountMax) {
    return invalid_field("amount", "an amount over 0 with at most 6 decimals", "value_error");
  }
  posting.amount_micros = *amount;
  std::string description = TRY(object.required_string("description"));
  posting.description =
      TRY(bounded_text("description", std::move(description), kDescriptionBytesMax));
  const std::string environment = TRY(object.optional_string("environment")).value_or("live");
  if (environment != "live" && environment != "test") {
    return invalid_field("environment", "choose live or test", "value_error.enum");
  }
  if (environment == "test") posting.environment = Environment::kTest;
  posting.currency = upper_case(TRY(object.optional_string("currency")).value_or(""));
  return posting;
}

// The wallet's currency; what the caller thinks it is has to agree.
Status check_wallet(Context& context, Posting& posting) {
  constexpr auto& col = sql::wallet_by_key;
  const PgRows wallet =
      TRY(context.services.pg.query(sql::wallet_by_key, posting.account_id, posting.environment));
  if (wallet.size() == 0) return fail(ErrorCode::kNotFound, "Account not found");
  if (!posting.currency.empty() && posting.currency != wallet.text(0, col.currency)) {
    return invalid_field("currency",
                         "the wallet's currency is " + std::string(wallet.text(0, col.currency)) +
                             ", not " + posting.currency.substr(0, 10),
                         "value_error");
  }
  posting.currency = wallet.text(0, col.currency);
  return Done{};
}

std::string credit_detail(const Posting& posting, const Uuid& payment) {
  JsonWriter detail;
  detail.begin_object()
      .member_money("amount", posting.signed_amount())
      .member("currency", posting.currency)
      .member("environment", environment_name(posting.environment))
      .member("description", posting.description)
      .member("payment_id", to_string(payment))
      .end_object();
  return detail.take();
}

// Commits the instruction, or goes on with the one of a process that died after that.
Result<AuditedChange::Work> instruct(Context& context, const Posting& posting) {
  const Uuid payment = new_uuid7();
  AuditedChange change = TRY(AuditedChange::begin(context));
  AuditedChange::Work work = TRY(change.claim_work(payment, kGoneAfter));
  if (work.answer || work.begun_before) {
    TRY(change.commit(AuditedChange::Effect::kNone));
    return work;
  }
  (void)TRY(change.run(sql::payment_make, posting.account_id, payment, posting.environment,
                       "manual", posting.signed_amount(), posting.currency));
  TRY(change.record({posting.account_id,
                     posting.kind == Kind::kManualDebit ? "wallet.debited" : "wallet.credited",
                     "account " + std::to_string(posting.account_id),
                     credit_detail(posting, payment)}));
  TRY(change.commit(AuditedChange::Effect::kNone));
  return work;
}

CreditWallet change_of(const Posting& posting, const Uuid& payment) {
  CreditWallet change{};
  change.account_id = posting.account_id;
  change.environment = posting.environment;
  change.kind = posting.kind;
  change.payment_id = payment;
  change.amount_micros = posting.signed_amount();
  change.description = posting.description;
  return change;
}

Result<Response> reply(Context& context, const Posting& posting, const CommitResult& result,
                       const Uuid& payment) {
  if (result.outcome == Outcome::kInsufficientBalance) {
    (void)TRY(context.services.pg.query(sql::payment_failed, posting.account_id, payment));
    AuditedChange::abandon_work(context);
    Error error = too_poor(posting.currency, posting.amount_micros, result.balance_micros);
    error.message = "The wallet holds " + posting.currency + " " +
                    format_micros(result.balance_micros, 2) + ": " +
                    format_micros(posting.amount_micros, 2) + " cannot be taken out of it.";
    return error;
  }
  if (result.outcome != Outcome::kCommitted && result.outcome != Outcome::kDuplicate) {
    return fail(ErrorCode::kInternal, "Internal server error", "a posting was refused");
  }
  const PgRows wallet =
      TRY(context.services.pg.query(sql::wallet_by_key, posting.account_id, posting.environment));
  JsonWriter json;
  json.begin_object()
      .member("account_id", posting.account_id)
      .member("environment", environment_name(posting.environment))
      .member_money("amount", posting.signed_amount())
      .member("currency", posting.currency)
      .member_money("balance", wallet.i64(0, sql::wallet_by_key.balance_micros))
      .end_object();
  return AuditedChange::finish_work(context, Response::json(json.take()));
}

Task<Response> post(Context& context, Kind kind) {
  Posting posting = co_await parse_credit(context, kind);
  co_await check_wallet(context, posting);
  AuditedChange::Work work = co_await instruct(context, posting);
  if (work.answer) co_return *std::move(work.answer);
  Task<CommitResult> committing =
      commit(*context.services.journal, change_of(posting, work.id), context.services.executor);
  const CommitResult result = co_await std::move(committing);
  co_return co_await reply(context, posting, result, work.id);
}

}  // namespace

Task<Response> credit_account(Context& context) {
  Task<Response> posted = post(context, Kind::kManualCredit);
  co_return co_await std::move(posted);
}

Task<Response> debit_account(Context& context) {
  Task<Response> posted = post(context, Kind::kManualDebit);
  co_return co_await std::move(posted);
}

}  // namespace dundun
