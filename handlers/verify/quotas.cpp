#include "handlers/verify/quotas.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/journal/commit.h"
#include "common/journal/journal.h"

namespace dundun {
namespace {

using Kind = VerifyQuota::Kind;
using Reason = VerifyRefusal::Reason;

constexpr std::chrono::minutes kShort{10};
constexpr std::chrono::hours kHour{1}, kDay{24};

// The number without the digits in which neighbours differ.
std::string block_of(const std::string& phone, int digits) {
  const size_t cut = std::min(static_cast<size_t>(digits), phone.size() - 1);
  return phone.substr(0, phone.size() - cut);
}

int64_t country_most(const CountryFacts& facts, const VerifyConfig& config) {
  if (facts.per_hour) return *facts.per_hour;
  const bool known = facts.listed || facts.sent_before >= config.known_country_min;
  return known ? config.country_hour_max : config.new_country_hour_max;
}

Error rate_limited(std::string message, std::chrono::seconds retry_after) {
  Error error = fail(ErrorCode::kRateLimited, std::move(message));
  error.retry_after_s = static_cast<int>(retry_after.count());
  return error;
}

// What looks like pumping is for people to see: once an hour, and each time in the log.
void raise_alarm(Context& context, const AcceptMessage& accept, const std::string& what) {
  log(LogLevel::kWarning, "verify_alarm",
      {{"account_id", context.caller.account_id},
       {"country", std::string_view(accept.country)},
       {"detail", std::string_view(what)}});
  Notify notify{};
  notify.account_id = accept.account_id;
  notify.environment = accept.environment;
  notify.type = "verify_alarm";
  notify.title = "Codes are being refused";
  notify.body = "Verify saw " + what + " (" + accept.country +
                ") and refuses more of them. If these are your customers, name the country and its "
                "cap in /verify/countries.";
  notify.link = "/verify";
  notify.dedupe_key = "verify_alarm:" + what + ":" + accept.country + ":" +
                      format_z(std::chrono::floor<std::chrono::hours>(now()));
  context.services.journal->submit(std::move(notify), [](auto) {});
}

Error quota_refusal(Context& context, const AcceptMessage& accept, const VerifyRefusal& refusal) {
  switch (refusal.quota) {
    case Kind::kNumber:
    case Kind::kNumberDay:
      return rate_limited("Too many codes for this number.", refusal.retry_after);
    case Kind::kAccount:
      return rate_limited("The account's limit of codes per hour is reached.", refusal.retry_after);
    case Kind::kBlock:
      raise_alarm(context, accept, "many neighbouring numbers");
      return rate_limited("Too many neighbouring numbers.", refusal.retry_after);
    case Kind::kCountry:
    case Kind::kCountryDay:
      raise_alarm(context, accept, "many codes to one country");
      return rate_limited("The limit of codes per hour to " + accept.country + " is reached.",
                          refusal.retry_after);
  }
  return rate_limited("Too many codes.", refusal.retry_after);
}

Error wrong_state(std::string message) {
  return fail(ErrorCode::kInvalidState, std::move(message));
}

}  // namespace

Status may_send_codes_to(const std::string& country, const CountryFacts& facts) {
  if (!facts.lists || facts.listed) return Done{};
  return fail(ErrorCode::kInvalidCountry,
              "This account sends no codes to " + country + "; see /verify/countries.");
}

std::vector<VerifyQuota> quotas_of(const std::string& phone, const std::string& country,
                                   const CountryFacts& facts, const VerifyConfig& config) {
  return {{Kind::kNumber, phone, kShort, config.number_max},
          {Kind::kNumberDay, phone, kDay, config.number_day_max},
          {Kind::kAccount, "", kHour, config.account_hour_max},
          {Kind::kCountry, country, kHour, country_most(facts, config)},
          {.kind = Kind::kCountryDay, .subject = country, .window = kDay},
          {Kind::kBlock, block_of(phone, config.block_digits), kShort, config.block_max}};
}

Error code_refusal(Context& context, const AcceptMessage& accept, const CommitResult& result) {
  const VerifyRefusal& refusal = result.code_refusal;
  switch (refusal.reason) {
    case Reason::kQuota:
      return quota_refusal(context, accept, refusal);
    case Reason::kTooSoon:
      return rate_limited("The last code was just sent: another can be sent in " +
                              std::to_string(refusal.retry_after.count()) + " s.",
                          refusal.retry_after);
    case Reason::kTooManySends:
      return wrong_state("This verification has had all its codes; start another.");
    case Reason::kExpired:
      return wrong_state("Verification is expired.");
    case Reason::kNotPending:
      return wrong_state("Verification is not pending.");
    case Reason::kNone:
      break;
  }
  return other_refusal(result);
}

}  // namespace dundun
