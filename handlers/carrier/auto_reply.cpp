#include "handlers/carrier/auto_reply.h"

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/journal/change.h"
#include "common/journal/journal.h"
#include "common/web/outgoing.h"
#include "common/web/price.h"
#include "common/web/route_choice.h"
#include "common/web/snapshot.h"
#include "sql/inbound.h"

namespace dundun {
namespace {

constexpr std::string_view kNumberMark = "{number}";
constexpr std::string_view kLastLanguage = "en";

std::optional<std::string> confirmation(const InboundRules& rules, const OptOutWord& wish,
                                        const std::string& number) {
  auto found = rules.answers.find({wish.language, wish.wish});
  if (found == rules.answers.end()) {
    found = rules.answers.find({std::string(kLastLanguage), wish.wish});
  }
  if (found == rules.answers.end()) return std::nullopt;
  std::string text = found->second;
  if (const size_t at = text.find(kNumberMark); at != std::string::npos) {
    text.replace(at, kNumberMark.size(), number);
  }
  return text;
}

std::optional<std::string> answer_text(const Context& context, const MoRequest& mo,
                                       const Owner& owner, const OptOutWord* wish) {
  if (wish != nullptr) {
    if (!owner.confirms) return std::nullopt;
    return confirmation(context.snapshot.inbound, *wish, mo.to.text);
  }
  return owner.auto_reply;
}

Result<bool> may_answer(const Context& context, const MoRequest& mo, const Owner& owner,
                        const std::string& text) {
  if (owner.suspended || mo.auto_reply || !mo.from.is_number()) return false;
  if (fold_words(mo.text) == fold_words(text)) return false;
  const Config& config = context.app.config;
  const PgRows rows = TRY(context.app.pg.query(
      sql::claim_auto_reply, owner.account_id, static_cast<int16_t>(owner.environment),
      mo.from.text, config.auto_reply_pause_s, config.auto_replies_a_day_max));
  return rows.size() > 0;
}

Result<AcceptMessage> message_of(const Context& context, const MoRequest& mo, const Owner& owner,
                                 const std::string& text) {
  Msisdn to = TRY(Msisdn::parse(mo.from.text));
  const SegmentCount count = TRY(count_segments(text));
  const Route* route = TRY(choose_route(to.country(), std::nullopt, context.snapshot));
  RoutePrice price = TRY(price_over(*route, count, owner.currency, context.snapshot));
  const SendPlan plan{route, mo.to.text, price.quote, std::move(price.fx_note)};
  const SendRequest request{std::move(to), text, {}, {}, {}, {}, {}};
  Caller caller;
  caller.account_id = owner.account_id;
  caller.environment = owner.environment;
  caller.currency = owner.currency;
  caller.app_id = owner.app_id;
  return accept_message(request, plan,
                        Context{context.request, caller, context.snapshot, context.app});
}

// For the operator: the owner of the number sees it in the ledger, or that there is nothing.
void note_failure(const Owner& owner, std::string_view why) {
  counter("dundun_auto_reply_failed_total").add();
  log(LogLevel::kWarning, "auto_reply_failed", {{"account_id", owner.account_id}, {"detail", why}});
}

}  // namespace

Task<Done> answer_mo(Context& context, const MoRequest& mo, const Owner& owner,
                     const OptOutWord* wish) {
  const std::optional<std::string> text = answer_text(context, mo, owner, wish);
  if (!text) co_return Done{};
  const Result<bool> may = may_answer(context, mo, owner, *text);
  if (!may || !*may) co_return Done{};
  Result<AcceptMessage> made = message_of(context, mo, owner, *text);
  if (!made) {
    note_failure(owner, made.error().message);
    co_return Done{};
  }
  AcceptMessage accept = *std::move(made);
  const bool stopped = wish != nullptr && wish->wish == OptOutWish::kStop;
  accept.source = stopped ? "opt_out_reply" : "auto_reply";
  accept.despite_opt_out = stopped;
  Journal::Commit commit = context.app.journal->commit(accept, context.app.executor);
  auto committed = co_await commit;
  if (committed && committed->outcome == CommitResult::Outcome::kCommitted) {
    submit_unwatched(context, accept, *committed);
  } else {
    note_failure(owner, "refused by the journal: the balance is too low, or it is busy");
  }
  co_return Done{};
}

}  // namespace dundun
