#include "common/inbound/auto_reply.h"

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/io/pg.h"
#include "common/sending/send.h"
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

std::optional<std::string> answer_text(const InboundRules& rules, const MoRequest& mo,
                                       const NumberOwner& owner, const OptOutWord* wish) {
  if (wish != nullptr) {
    if (!owner.confirms) return std::nullopt;
    return confirmation(rules, *wish, mo.to.text);
  }
  return owner.auto_reply;
}

Result<bool> may_answer(const Sending& sending, const MoRequest& mo, const NumberOwner& owner,
                        const std::string& text, OptOutWish wish) {
  if (owner.suspended || mo.auto_reply || mo.late || !mo.from.is_number()) return false;
  if (fold_words(mo.text) == fold_words(text)) return false;
  const Config& config = sending.config;
  const PgRows rows =
      TRY(sending.pg.query(sql::claim_auto_reply, owner.account_id, owner.environment, mo.from.text,
                           config.auto_reply_pause_s, config.auto_replies_a_day_max, wish));
  return rows.size() > 0;
}

// A send like any other, from the number that the text was sent to.
Result<AcceptMessage> message_of(const Sending& sending, const Snapshot& snapshot,
                                 const MoRequest& mo, const NumberOwner& owner,
                                 const std::string& text, bool stopped) {
  SendRequest request{.to = TRY(Msisdn::parse(mo.from.text)), .text = text};
  request.from_number = mo.to.text;
  const Payer payer{owner.account_id, owner.environment, owner.currency, owner.app_id,
                    stopped ? "opt_out_reply" : "auto_reply"};
  AcceptMessage message = TRY(prepare(sending, snapshot, request, payer)).message;
  message.despite_opt_out = stopped;
  return message;
}

// For the operator: the owner of the number sees it in the ledger, or that there is nothing.
void note_failure(const NumberOwner& owner, std::string_view why) {
  counter("dundun_auto_reply_failed_total").add();
  log(LogLevel::kWarning, "auto_reply_failed", {{"account_id", owner.account_id}, {"detail", why}});
}

}  // namespace

Task<Done> answer_mo(const Sending& sending, const Snapshot& snapshot, const MoRequest& mo,
                     const NumberOwner& owner, const OptOutWord* wish) {
  const std::optional<std::string> text = answer_text(snapshot.inbound, mo, owner, wish);
  if (!text) co_return Done{};
  const OptOutWish asked = wish == nullptr ? OptOutWish::kNone : wish->wish;
  const Result<bool> may = may_answer(sending, mo, owner, *text, asked);
  if (!may || !*may) co_return Done{};
  // Who has opted out gets no answer but to what he asks just now.
  const bool stopped = asked == OptOutWish::kStop || asked == OptOutWish::kHelp;
  const Result<AcceptMessage> message = message_of(sending, snapshot, mo, owner, *text, stopped);
  if (!message) {
    note_failure(owner, message.error().message);
    co_return Done{};
  }
  Settled<Sent> sending_it(send(sending, *message));
  const Result<Sent> sent = co_await std::move(sending_it);
  if (!sent || sent->result.outcome != CommitResult::Outcome::kCommitted) {
    note_failure(owner, "refused by the journal: the balance is too low, or it is busy");
  }
  co_return Done{};
}

}  // namespace dundun
