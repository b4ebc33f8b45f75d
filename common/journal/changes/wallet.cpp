#include "common/journal/changes/wallet.h"

#include "common/io/json.h"
#include "common/journal/news.h"
#include "common/journal/reads.h"
#include "common/journal/write_set.h"
#include "sql/journal.h"

namespace dundun {

using enum PgArray::Type;
using Outcome = CommitResult::Outcome;

void ChangeKind<CreditWallet>::wants(const CreditWallet& credit, Reads& reads) {
  reads.wallets.want({credit.account_id, credit.environment});
  reads.payments.want({credit.account_id, credit.payment_id});
}

namespace {

constexpr PgArray::Type kWalletKey[] = {kInt8, kInt2};
constexpr PgArray::Type kPaymentKey[] = {kInt8, kUuid};

void take_wallet(const PgRows& rows, int n, std::map<WalletKey, WalletState>& wallets) {
  constexpr auto& col = sql::journal_lock_wallets;
  WalletState& wallet =
      wallets[{rows.i64(n, col.account_id), Environment(rows.i16(n, col.environment))}];
  wallet.balance_micros = rows.i64(n, col.balance_micros);
  wallet.seq = wallet.seq_before = rows.i64(n, col.seq);
  wallet.currency = rows.text(n, col.currency);
  wallet.refund_on_any_failure = rows.boolean(n, col.refund_on_any_failure);
  if (!rows.is_null(n, col.low_balance_micros))
    wallet.low_balance_micros = rows.i64(n, col.low_balance_micros);
  wallet.has_opt_outs = rows.boolean(n, col.has_opt_outs);
  wallet.account = AccountStatus(rows.i16(n, col.status));
}

void take_payment(const PgRows& rows, int n, std::map<PaymentKey, PaymentState>& payments) {
  constexpr auto& col = sql::journal_lock_payments;
  payments[{rows.i64(n, col.account_id), rows.uuid(n, col.payment_id)}] = {
      Environment(rows.i16(n, col.environment)), rows.i64(n, col.amount_micros),
      rows.boolean(n, col.is_paid)};
}

}  // namespace

constinit const ReadRule<WalletKey, decltype(Known::wallets)> kWalletRead{
    &sql::journal_lock_wallets, kWalletKey, in_key_order, &Known::wallets, take_wallet};
constinit const ReadRule<PaymentKey, decltype(Known::payments)> kPaymentRead{
    &sql::journal_lock_payments, kPaymentKey, in_id_order, &Known::payments, take_payment};

namespace {

LedgerLine::Type line_type(CreditWallet::Kind kind) {
  switch (kind) {
    case CreditWallet::Kind::kPayment:
      return LedgerLine::Type::kCredit;
    case CreditWallet::Kind::kManualCredit:
      return LedgerLine::Type::kManualCredit;
    case CreditWallet::Kind::kManualDebit:
      return LedgerLine::Type::kManualDebit;
  }
  return LedgerLine::Type::kCredit;
}

}  // namespace

Decision ChangeKind<CreditWallet>::decide(const CreditWallet& credit, const Uuid&, Known& known) {
  auto wallet = known.wallets.find({credit.account_id, credit.environment});
  auto payment = known.payments.find({credit.account_id, credit.payment_id});
  if (wallet == known.wallets.end() || payment == known.payments.end()) {
    return refuse(Outcome::kNotFound, {});
  }
  Decision decision;
  decision.result.balance_micros = wallet->second.balance_micros;
  if (payment->second.environment != credit.environment ||
      payment->second.amount_micros != credit.amount_micros) {
    decision.result.outcome = Outcome::kNotAllowed;
  } else if (payment->second.paid) {
    decision.result.outcome = Outcome::kDuplicate;
  } else if (wallet->second.balance_micros < -credit.amount_micros) {
    decision.result.outcome = Outcome::kInsufficientBalance;
  } else {
    decision.apply = true;
    decision.ledger = post(wallet->second, line_type(credit.kind), credit.amount_micros);
    decision.result.balance_micros = wallet->second.balance_micros;
    payment->second.paid = true;
  }
  return decision;
}

std::string balance_event(const Uuid& event_id, Micros balance_micros, std::string_view currency) {
  JsonWriter json;
  json.begin_object()
      .member("type", "balance_update")
      .member("event_id", event_id_text(event_id))
      .member_money("balance", balance_micros)
      .member("currency", currency)
      .end_object();
  return json.take();
}

namespace {

Notify low_balance_notice(int64_t account_id, Environment environment, Micros balance_micros,
                          const std::string& currency) {
  Notify notice{};
  notice.account_id = account_id;
  notice.environment = environment;
  notice.type = "low_balance";
  notice.title = "Low balance";
  notice.body = "Your balance is down to " + currency + " " + format_micros(balance_micros, 2) +
                ". Top up to keep sending.";
  notice.link = "/balance";
  return notice;
}

}  // namespace

void tell_wallets(const Known& known, News& news) {
  for (const auto& [key, wallet] : known.wallets) {
    if (!wallet.became_low) continue;
    news.notifications.push_back(
        {low_balance_notice(key.first, key.second, wallet.balance_micros, wallet.currency),
         new_uuid7()});
  }
  for (const auto& [key, wallet] : known.wallets) {
    if (!wallet.changed) continue;
    news.publication.add(event_channel(key.first, key.second),
                         balance_event(new_uuid7(), wallet.balance_micros, wallet.currency));
  }
}

namespace {

Notify payment_notice(const CreditWallet& credit, const std::string& currency,
                      Micros balance_micros) {
  Notify notice{};
  notice.account_id = credit.account_id;
  notice.environment = credit.environment;
  notice.type = "payment_received";
  notice.title = "Payment received";
  notice.body = "We received " + currency + " " + format_micros(credit.amount_micros, 2) +
                ". Your balance is " + currency + " " + format_micros(balance_micros, 2) + ".";
  notice.link = "/balance";
  notice.dedupe_key = notice.type + ":" + to_string(credit.payment_id);
  return notice;
}

}  // namespace

void ChangeKind<CreditWallet>::tell(const CreditWallet& credit, const Admitted& admitted,
                                    News& news) {
  if (credit.kind != CreditWallet::Kind::kPayment) return;
  const WalletState& wallet = admitted.known.wallets.at({credit.account_id, credit.environment});
  news.notifications.push_back(
      {payment_notice(credit, wallet.currency, admitted.decision.result.balance_micros),
       new_uuid7()});
}

constexpr Table kCredits{WritePlace::kCredits,
                         sql::journal_insert_credits,
                         {kInt8, kUuid, kInt2, kInt8, kInt2, kInt8, kInt8, kText, kText}};

void ChangeKind<CreditWallet>::write(const CreditWallet& credit, const Admitted& admitted,
                                     WriteSet& set) {
  const LedgerLine& line = *admitted.decision.ledger;
  set.row(kCredits, credit.account_id, credit.payment_id, credit.environment, line.seq,
          static_cast<int16_t>(line.type), line.amount_micros, line.balance_after_micros,
          std::string_view(credit.description), unless_empty(credit.provider_reference));
}

constexpr Table kLedger{WritePlace::kLedger,
                        sql::journal_insert_ledger,
                        {kInt8, kInt2, kInt8, kInt2, kInt8, kInt8, kUuid, kText, kText, kUuid}};

void add_ledger(const WalletKey& wallet, const LedgerLine& line, const LedgerPurpose& purpose,
                WriteSet& set) {
  set.row(kLedger, wallet.first, static_cast<int16_t>(wallet.second), line.seq,
          static_cast<int16_t>(line.type), line.amount_micros, line.balance_after_micros,
          purpose.message_id, std::string_view(purpose.description), unless_empty(purpose.rate),
          purpose.campaign_id);
}

constexpr Table kWallets{
    WritePlace::kWallets, sql::journal_update_wallets, {kInt8, kInt2, kInt8, kInt8, kInt8}};

void write_wallets(const Known& known, WriteSet& set) {
  for (const auto& [key, wallet] : known.wallets) {
    if (!wallet.changed) continue;
    set.row(kWallets, key.first, static_cast<int16_t>(key.second), wallet.balance_micros,
            wallet.seq, wallet.seq_before);
  }
}

}  // namespace dundun
