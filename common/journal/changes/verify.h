// A one-time code as the journal takes it: what the table `verifications` keeps, and the quotas.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/journal/change_kind.h"
#include "common/sms/environment.h"

namespace dundun {

struct AcceptMessage;

enum class VerifyStatus : int16_t { kPending = 1, kApproved = 2, kFailed = 3, kCanceled = 4 };

// At most `most` codes in any `window`. It slides: the window before counts by the share of it that
// still overlaps, so that no border lets twice as many through.
struct VerifyQuota {
  enum class Kind : int16_t {
    kNumber = 1,
    kNumberDay = 2,
    kAccount = 3,
    kCountry = 4,
    kCountryDay = 5,  // never refuses; counts how well known a country is as a destination
    kBlock = 6,       // different numbers of one range; after kNumber, and with the same window
  };
  Kind kind;
  std::string subject;  // what is counted: a number, a country, a range; empty: the account
  std::chrono::seconds window;
  int64_t most = std::numeric_limits<int64_t>::max();
};

// Is written together with the message that carries it, or not at all.
struct VerifyCode {
  enum class Step { kStart, kResend };
  Step step = Step::kStart;
  Uuid verification_id;
  std::string salt;
  std::string code_hash;
  std::string shown_body;  // the text without the code
  Instant expires_at;
  std::vector<VerifyQuota> quotas;
  // For a start:
  std::optional<std::string> app_id;
  std::optional<std::string> sender;
  std::optional<std::string> text_template;
  int16_t code_length = 0;
  std::chrono::seconds expiry{0};
  int16_t attempts_max = 0;
  // For a resend:
  int16_t sends_max = 0;
  std::chrono::seconds pause{0};  // at least, since the previous send
};

// Why no code is sent.
struct VerifyRefusal {
  enum class Reason { kNone, kQuota, kNotPending, kExpired, kTooManySends, kTooSoon };
  Reason reason = Reason::kNone;
  VerifyQuota::Kind quota{};            // for kQuota
  std::chrono::seconds retry_after{0};  // for kQuota and kTooSoon
};

using VerifyCounterKey = std::tuple<int64_t, Environment, VerifyQuota::Kind, std::string>;
VerifyCounterKey counter_key(const AcceptMessage& accept, const VerifyQuota& quota);

// A code is a part of an AcceptMessage. These are its part of what that kind does, for a message
// with a code.
void want_code(const AcceptMessage& accept, Reads& reads);
// The refusal, if the code may not be sent. Counts nothing.
std::optional<Decision> refuse_code(const AcceptMessage& accept, const Known& known);
// Counts the code of an admitted message, and moves its verification on.
void admit_code(const AcceptMessage& accept, Known& known);

}  // namespace dundun
