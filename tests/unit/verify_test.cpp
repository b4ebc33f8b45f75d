#include <gtest/gtest.h>

#include <set>

#include "common/identity/gate.h"
#include "common/io/crypto.h"
#include "common/journal/admission.h"
#include "common/web/errors.h"
#include "handlers/gravity/sms_json.h"
#include "handlers/verify/check_verdict.h"
#include "handlers/verify/code.h"
#include "handlers/verify/quotas.h"
#include "handlers/verify/settings.h"

namespace dundun {
namespace verify_test {

using std::chrono::milliseconds;
using std::chrono::minutes;
using Kind = VerifyQuota::Kind;
using Reason = VerifyRefusal::Reason;

AcceptMessage code_to(const std::string& phone, std::vector<VerifyQuota> quotas) {
  AcceptMessage accept{};
  accept.account_id = 1;
  accept.environment = Environment::kLive;
  accept.message_id = new_uuid7();
  accept.phone = phone;
  accept.code.emplace();
  accept.code->verification_id = accept.message_id;
  accept.code->quotas = std::move(quotas);
  return accept;
}

// What the locking reads would have found.
Known known_of(const AcceptMessage& accept, int64_t current, int64_t previous,
               milliseconds elapsed) {
  Known known;
  known.wallets[{1, Environment::kLive}].balance_micros = 1'000'000;
  for (const VerifyQuota& quota : accept.code->quotas) {
    VerifyCounter& counter = known.verify_counters[counter_key(accept, quota)];
    counter.current = current;
    counter.previous = previous;
    counter.elapsed = elapsed;
  }
  return known;
}

Reason reason_of(const AcceptMessage& accept, Known& known) {
  const Decision decision = decide(accept, new_uuid7(), known);
  return decision.result.code_refusal.reason;
}

TEST(VerifyAdmissionTest, AWindowSlides) {
  const VerifyQuota quota{Kind::kNumber, "+254700000111", minutes(10), 5};
  const AcceptMessage accept = code_to("+254700000111", {quota});
  const struct {
    int64_t current, previous;
    milliseconds elapsed;
    Reason reason;
  } cases[] = {{4, 0, minutes(1), Reason::kNone},  {5, 0, minutes(1), Reason::kQuota},
               {0, 5, minutes(0), Reason::kQuota}, {0, 5, milliseconds(1000), Reason::kQuota},
               {0, 5, minutes(5), Reason::kNone},  {2, 5, minutes(4), Reason::kQuota},
               {2, 4, minutes(5), Reason::kNone},  {4, 5, minutes(10), Reason::kNone},
               {0, 5, minutes(11), Reason::kNone}};
  for (const auto& each : cases) {
    Known known = known_of(accept, each.current, each.previous, each.elapsed);
    EXPECT_EQ(reason_of(accept, known), each.reason)
        << each.current << " " << each.previous << " " << each.elapsed.count();
  }
}

TEST(VerifyAdmissionTest, OneBatchCountsItsOwn) {
  const VerifyQuota quota{Kind::kNumber, "+254700000111", minutes(10), 2};
  const AcceptMessage accept = code_to("+254700000111", {quota});
  Known known = known_of(accept, 0, 0, minutes(1));
  EXPECT_EQ(reason_of(accept, known), Reason::kNone);
  EXPECT_EQ(reason_of(accept, known), Reason::kNone);
  EXPECT_EQ(reason_of(accept, known), Reason::kQuota);
  EXPECT_EQ(known.verify_counters.begin()->second.added, 2);
}

TEST(VerifyAdmissionTest, ARefusedCodeCountsNothing) {
  const VerifyQuota number{Kind::kNumber, "+254700000111", minutes(10), 5};
  const VerifyQuota country{Kind::kCountry, "KE", minutes(60), 0};
  const AcceptMessage accept = code_to("+254700000111", {number, country});
  Known known = known_of(accept, 0, 0, minutes(1));
  EXPECT_EQ(reason_of(accept, known), Reason::kQuota);
  for (const auto& [key, counter] : known.verify_counters) EXPECT_EQ(counter.added, 0);
  EXPECT_EQ((known.wallets[{1, Environment::kLive}].balance_micros), 1'000'000);
}

TEST(VerifyAdmissionTest, ARangeCountsNumbersNotCodes) {
  const auto to = [](const std::string& phone) {
    return code_to(phone, {{Kind::kNumber, phone, minutes(10), 100},
                           {Kind::kBlock, phone.substr(0, phone.size() - 4), minutes(10), 2}});
  };
  const AcceptMessage first = to("+254700000111"), second = to("+254700000112"),
                      third = to("+254700000113");
  Known known = known_of(first, 0, 0, minutes(1));
  known.verify_counters.merge(known_of(second, 0, 0, minutes(1)).verify_counters);
  known.verify_counters.merge(known_of(third, 0, 0, minutes(1)).verify_counters);
  EXPECT_EQ(reason_of(first, known), Reason::kNone);
  EXPECT_EQ(reason_of(first, known), Reason::kNone);
  EXPECT_EQ(reason_of(second, known), Reason::kNone);
  EXPECT_EQ(reason_of(third, known), Reason::kQuota);
  EXPECT_EQ(reason_of(second, known), Reason::kNone);
}

TEST(VerifyAdmissionTest, ANumberThatHadACodeBeforeIsNoNewOneOfItsRange) {
  const AcceptMessage accept =
      code_to("+254700000111", {{Kind::kNumber, "+254700000111", minutes(10), 100},
                                {Kind::kBlock, "+25470000", minutes(10), 1}});
  for (const auto& [current, previous] : {std::pair<int64_t, int64_t>{1, 0}, {0, 1}}) {
    Known known = known_of(accept, 0, 0, minutes(1));
    VerifyCounter& number = known.verify_counters[counter_key(accept, accept.code->quotas[0])];
    number.current = current;
    number.previous = previous;
    known.verify_counters[counter_key(accept, accept.code->quotas[1])].current = 1;
    EXPECT_EQ(reason_of(accept, known), Reason::kNone) << current << " " << previous;
  }
  Known known = known_of(accept, 0, 0, minutes(1));
  known.verify_counters[counter_key(accept, accept.code->quotas[1])].current = 1;
  EXPECT_EQ(reason_of(accept, known), Reason::kQuota) << "a new number";
}

TEST(VerifyAdmissionTest, TheRefusalSaysWhenTheWindowEnds) {
  const AcceptMessage accept =
      code_to("+254700000111", {{Kind::kNumber, "+254700000111", minutes(10), 5}});
  const std::pair<milliseconds, int> cases[] = {
      {milliseconds(0), 600}, {milliseconds(1'999), 599}, {minutes(10), 1}, {minutes(11), 1}};
  for (const auto& [elapsed, wanted_s] : cases) {
    Known known = known_of(accept, 5, 0, elapsed);
    const Decision decision = decide(accept, new_uuid7(), known);
    EXPECT_EQ(decision.result.code_refusal.reason, Reason::kQuota);
    EXPECT_EQ(decision.result.code_refusal.quota, Kind::kNumber);
    EXPECT_EQ(decision.result.code_refusal.retry_after.count(), wanted_s) << elapsed.count();
  }
}

TEST(VerifyAdmissionTest, AResendNeedsAVerificationThatWaits) {
  AcceptMessage accept = code_to("+254700000111", {});
  accept.code->step = VerifyCode::Step::kResend;
  accept.code->sends_max = 3;
  accept.code->pause = std::chrono::seconds(30);
  Known known = known_of(accept, 0, 0, minutes(1));
  EXPECT_EQ(decide(accept, new_uuid7(), known).result.outcome, CommitResult::Outcome::kNotFound);
  VerificationState& state = known.verifications[{1, accept.code->verification_id}];
  state = {VerifyStatus::kApproved, false, 1, minutes(1)};
  EXPECT_EQ(reason_of(accept, known), Reason::kNotPending);
  state = {VerifyStatus::kPending, true, 1, minutes(1)};
  EXPECT_EQ(reason_of(accept, known), Reason::kExpired);
  state = {VerifyStatus::kPending, false, 3, minutes(1)};
  EXPECT_EQ(reason_of(accept, known), Reason::kTooManySends);
  state = {VerifyStatus::kPending, false, 1, milliseconds(29'500)};
  const Decision soon = decide(accept, new_uuid7(), known);
  EXPECT_EQ(soon.result.code_refusal.reason, Reason::kTooSoon);
  EXPECT_EQ(soon.result.code_refusal.retry_after.count(), 1);
  state = {VerifyStatus::kPending, false, 2, std::chrono::seconds(30)};
  EXPECT_EQ(reason_of(accept, known), Reason::kNone) << "the pause is over, one is left";
  EXPECT_EQ(state.sends, 3);
  state = {VerifyStatus::kPending, false, 1, minutes(1)};
  EXPECT_EQ(reason_of(accept, known), Reason::kNone);
  EXPECT_EQ(reason_of(accept, known), Reason::kTooSoon);  // the second of the same batch
}

TEST(VerifyAdmissionTest, AnAnswerThatIsKnownBeforehandIsKeptAtOnce) {
  AcceptMessage accept = code_to("+254700000111", {});
  accept.idempotency = IdempotencyKey{"k", "r"};
  accept.answer = StoredAnswer{"k", 202, "{}"};
  Known known = known_of(accept, 0, 0, minutes(1));
  EXPECT_EQ(decide(accept, new_uuid7(), known).result.outcome, CommitResult::Outcome::kCommitted);
  const Decision again = decide(accept, new_uuid7(), known);
  EXPECT_EQ(again.result.outcome, CommitResult::Outcome::kReplay);
  EXPECT_EQ(again.result.answer.http_status, 202);
}

TEST(VerifyCodeTest, CodesAreDigitsOfTheLengthAskedFor) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string code = new_code(4 + i % 7);
    EXPECT_EQ(code.size(), static_cast<size_t>(4 + i % 7));
    EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);
    seen.insert(code);
  }
  EXPECT_GT(seen.size(), 190u);
}

TEST(VerifyCodeTest, NoDigitIsLikelierThanAnother) {
  int seen[10] = {};
  for (int i = 0; i < 500; ++i) {
    for (const char digit : new_code(4'000)) ++seen[digit - '0'];
  }
  // Five standard deviations. Bytes that are used whole would make six of them likelier by 3,125.
  for (const int count : seen) EXPECT_NEAR(count, 200'000, 2'121);
}

TEST(VerifyCodeTest, AHashNeedsSecretSaltAndCode) {
  const std::string hash = code_hash("secret", "salt", "123456");
  EXPECT_EQ(hash.size(), 32u);
  EXPECT_TRUE(code_matches("secret", "salt", "123456", hash));
  EXPECT_FALSE(code_matches("secret", "salt", "123457", hash));
  EXPECT_FALSE(code_matches("secret", "tlas", "123456", hash));
  EXPECT_FALSE(code_matches("other", "salt", "123456", hash));
  EXPECT_NE(hash, sha256("123456"));
}

TEST(VerifyCodeTest, CodesAreReadAsPeopleTypeThem) {
  for (const char* typed : {"123456",
                            " 123-456 ",
                            "123 456",
                            "123\u00a0456",
                            "123\u202f456",
                            "123\u2011456",
                            "123\u2013456",
                            "\u202a123456\u202c",
                            "123456\u200b",
                            "\ufeff123456",
                            "G-123456",
                            "g-123456",
                            "G\u2011123456",
                            "G - 123 456",
                            "Code: 123456",
                            "#123456",
                            "123.456",
                            "\u0661\u0662\u0663\u0664\u0665\u0666",
                            "\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6",
                            "\uff11\uff12\uff13\uff14\uff15\uff16",
                            "123456\r\n"}) {
    EXPECT_EQ(plain_code(typed), "123456") << typed;
  }
  for (const char* typed :
       {"", "12a.4", "123456x", "G123456", "1G-23456", "\xff", "soon", "123?456"}) {
    EXPECT_EQ(plain_code(typed), "") << typed;
  }
  EXPECT_EQ(hide_code("123456 is your code, 123456!", "123456"), "****** is your code, ******!");
}

TEST(VerifyCodeTest, AnAttemptCounts) {
  const auto judged = [](VerifyStatus status, bool expired, int attempts, bool matches) {
    return judge_attempt({status, expired, attempts, 5}, matches ? Typed::kRight : Typed::kWrong);
  };
  const CheckVerdict none = judge_attempt({VerifyStatus::kPending, false, 2, 5}, Typed::kNone);
  EXPECT_FALSE(none.counts);
  EXPECT_EQ(none.status, VerifyStatus::kPending);
  EXPECT_EQ(none.attempts_remaining, 3);
  EXPECT_EQ(judged(VerifyStatus::kPending, false, 0, true).status, VerifyStatus::kApproved);
  EXPECT_EQ(judged(VerifyStatus::kPending, false, 4, true).status, VerifyStatus::kApproved);
  EXPECT_EQ(judged(VerifyStatus::kPending, false, 5, true).status, VerifyStatus::kFailed);
  EXPECT_EQ(judged(VerifyStatus::kPending, false, 3, false).attempts_remaining, 1);
  EXPECT_EQ(judged(VerifyStatus::kPending, false, 4, false).status, VerifyStatus::kFailed);
  EXPECT_FALSE(judged(VerifyStatus::kPending, true, 0, true).counts);
  for (const VerifyStatus done :
       {VerifyStatus::kApproved, VerifyStatus::kFailed, VerifyStatus::kCanceled}) {
    EXPECT_FALSE(judged(done, false, 0, true).counts);
    EXPECT_EQ(judged(done, false, 0, true).status, done);
  }
}

TEST(VerifyQuotaTest, ACountryIsKnownByNameOrByItsPast) {
  const VerifyConfig config;
  const auto cap = [&](const CountryFacts& facts) {
    for (const VerifyQuota& quota : quotas_of("+254700000111", "KE", facts, config)) {
      if (quota.kind == Kind::kCountry) return quota.most;
    }
    return int64_t{-1};
  };
  const auto facts = [](bool lists, bool listed, int64_t before) {
    CountryFacts made;
    made.lists = lists;
    made.listed = listed;
    made.sent_before = before;
    return made;
  };
  EXPECT_EQ(cap({}), 50);
  EXPECT_EQ(cap(facts(false, false, 19)), 50);
  EXPECT_EQ(cap(facts(false, false, 20)), 2000);
  EXPECT_EQ(cap(facts(true, true, 0)), 2000);
  CountryFacts own = facts(true, true, 0);
  own.per_hour = 7;
  EXPECT_EQ(cap(own), 7);
  EXPECT_TRUE(may_send_codes_to("KE", {}));
  EXPECT_FALSE(may_send_codes_to("KE", facts(true, false, 0)));
  EXPECT_TRUE(may_send_codes_to("KE", facts(true, true, 0)));
  EXPECT_EQ(quotas_of("+254700000111", "KE", {}, config).back().subject, "+25470000");
}

TEST(VerifyQuotaTest, EachQuotaHasItsSubjectWindowAndCap) {
  VerifyConfig config;
  config.number_max = 1;
  config.number_day_max = 2;
  config.account_hour_max = 3;
  config.new_country_hour_max = 4;
  config.block_max = 5;
  config.block_digits = 3;
  const VerifyQuota wanted[] = {
      {Kind::kNumber, "+254700000111", minutes(10), 1},
      {Kind::kNumberDay, "+254700000111", std::chrono::hours(24), 2},
      {Kind::kAccount, "", std::chrono::hours(1), 3},
      {Kind::kCountry, "KE", std::chrono::hours(1), 4},
      {Kind::kCountryDay, "KE", std::chrono::hours(24), std::numeric_limits<int64_t>::max()},
      {Kind::kBlock, "+254700000", minutes(10), 5}};
  const std::vector<VerifyQuota> quotas = quotas_of("+254700000111", "KE", {}, config);
  ASSERT_EQ(quotas.size(), std::size(wanted));
  for (size_t i = 0; i < quotas.size(); ++i) {
    EXPECT_EQ(quotas[i].kind, wanted[i].kind) << i;
    EXPECT_EQ(quotas[i].subject, wanted[i].subject) << i;
    EXPECT_EQ(quotas[i].window, wanted[i].window) << i;
    EXPECT_EQ(quotas[i].most, wanted[i].most) << i;
  }
  config.block_digits = 99;
  EXPECT_EQ(quotas_of("+2547", "KE", {}, config).back().subject, "+") << "never nothing";
}

TEST(VerifySettingsTest, TheTextCarriesTheCode) {
  EXPECT_EQ(*verify_text(std::nullopt, "", "+254700000111", "1234"),
            "1234 is your verification code. Do not share it.");
  EXPECT_EQ(*verify_text(std::nullopt, "Kijani", "+254700000111", "1234"),
            "1234 is your Kijani verification code. Do not share it.");
  EXPECT_EQ(*verify_text("{{app}}/{{ code }}/{{nothing}}", "K", "+254700000111", "1234"),
            "K/1234/");
}

TEST(GateTest, ALimitOfAMinuteAllowsAMinutesWorthAtOnce) {
  const RateLimit limit{100, 60};
  int64_t tat = 0;
  int allowed = 0;
  for (int i = 0; i < 150; ++i) allowed += gcra(1'000'000'000, limit, tat).allowed ? 1 : 0;
  EXPECT_EQ(allowed, 100);
  const RateVerdict refused = gcra(1'000'000'000, limit, tat);
  EXPECT_EQ(refused.retry_after_us, 600'000);
  EXPECT_TRUE(gcra(1'000'600'000, limit, tat).allowed);
  EXPECT_FALSE(gcra(1'000'600'000, limit, tat).allowed);
}

TEST(GravityTest, ItsPathsAreThoseOfTheDialect) {
  const auto is = [](Base base, const char* path) {
    Request request;
    request.base = base;
    request.path = path;
    return dialect_of(request) == Dialect::kSecond;
  };
  for (const char* path : {"/sms/send", "/apps", "/apps/register", "/rc/status", "/ws/token",
                           "/triggers/sms-received/subscribe"}) {
    EXPECT_TRUE(is(Base::kV1, path)) << path;
    EXPECT_FALSE(is(Base::kApi, path)) << path;
  }
  for (const char* path : {"/messages/send", "/webhooks", "/verify/apps", "/appsx", "/smsx"}) {
    EXPECT_FALSE(is(Base::kV1, path)) << path;
  }
  EXPECT_TRUE(is(Base::kNone, "/health"));
  EXPECT_FALSE(is(Base::kNone, "/healthz"));
}

TEST(GravityTest, StatusesHaveItsNames) {
  EXPECT_EQ(gravity_status(MessageStatus::kSubmitted), "sending");
  EXPECT_EQ(gravity_status(MessageStatus::kExpired), "failed");
  EXPECT_EQ(statuses_behind("queued").size(), 3u);
  EXPECT_EQ(statuses_behind("failed").size(), 3u);
  EXPECT_TRUE(statuses_behind("received").empty());
  for (const char* number : {"+254712345678", "+123456789", "+123456789012345"}) {
    EXPECT_EQ(gravity_number(number), number);
  }
  for (const char* number :
       {"0712345678", "+12345678", "+1234567890123456", "+0123456789", "+12345678a", "+", ""}) {
    EXPECT_EQ(gravity_number(number), std::nullopt) << number;
  }
}

}  // namespace verify_test
}  // namespace dundun
