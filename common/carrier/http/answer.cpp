#include "common/carrier/http/answer.h"

#include <algorithm>

#include "common/carrier/http/callback.h"
#include "common/carrier/submit_outcome.h"

namespace dundun {
namespace {

using std::chrono::seconds;
using Kind = SubmitOutcome::Kind;

constexpr seconds kRetryAfterMax{3600};
constexpr size_t kErrorTextMax = 120;

bool fits(const AnswerRule& rule, int status, const CarrierDocument& document) {
  const bool status_fits =
      rule.statuses.empty() || std::ranges::any_of(rule.statuses, [status](const auto& range) {
        return status >= range.first && status <= range.second;
      });
  if (!status_fits) return false;
  if (rule.at.empty()) return true;
  const std::optional<std::string> value = document.find(rule.at);
  if (!value || value->empty()) return false;
  return rule.in.empty() || std::ranges::find(rule.in, *value) != rule.in.end();
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kErrorTextMax));
  std::ranges::replace_if(
      shown, [](char c) { return c < 0x20 || c > 0x7e; }, '.');
  return shown;
}

// Codes go into webhooks and labels: short, and of plain characters.
std::string code_of(const AnswerMeaning& meaning, const CarrierDocument& document) {
  constexpr size_t kCodeMax = 40;
  std::string code = document.find_first(meaning.error_code);
  std::erase_if(code, [](char c) { return c <= 0x20 || c > 0x7e; });
  if (code.size() > kCodeMax) code.resize(kCodeMax);
  return code;
}

SubmitOutcome accepted_answer(const AnswerMeaning& meaning, const CarrierDocument& document) {
  SubmitOutcome outcome = outcome_of(Kind::kAccepted, "", "");
  outcome.cost = printable(document.find(meaning.cost).value_or(""));
  if (meaning.id.empty()) return outcome;
  outcome.carrier_message_id = document.find(meaning.id).value_or("");
  if (!is_carrier_id(outcome.carrier_message_id)) {
    return submit_in_doubt("The carrier's answer has no id.");
  }
  return outcome;
}

}  // namespace

SubmitOutcome judge_answer(const AnswerMeaning& meaning, HttpReply reply, int attempt) {
  CarrierDocument document = CarrierDocument::of_text(std::move(reply.body));
  document.take_headers(std::move(reply.headers));
  const auto rule = std::ranges::find_if(
      meaning.rules, [&](const AnswerRule& one) { return fits(one, reply.status, document); });
  if (rule == meaning.rules.end()) return submit_in_doubt("The carrier's answer says nothing.");
  if (rule->means == Kind::kAccepted) return accepted_answer(meaning, document);
  if (rule->means == Kind::kRetryLater) {
    SubmitOutcome outcome = try_later(attempt, "The carrier asks to wait.");
    outcome.error_code = rule->code;
    if (reply.retry_after_s > 0) {
      outcome.retry_after = std::min(seconds(reply.retry_after_s), kRetryAfterMax);
    }
    return outcome;
  }
  // What the carrier says of our account with it is no client's business.
  if (rule->means == Kind::kFailed) {
    return outcome_of(Kind::kFailed, rule->code, "The carrier cannot take messages now.");
  }
  const std::string why = printable(document.find_first(meaning.error_text));
  SubmitOutcome outcome =
      outcome_of(Kind::kRefused, rule->code,
                 "The carrier refused the message" + (why.empty() ? "." : ": " + why));
  outcome.carrier_trouble = rule->elsewhere;
  outcome.carrier_code = code_of(meaning, document);
  return outcome;
}

}  // namespace dundun
