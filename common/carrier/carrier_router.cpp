#include "common/carrier/carrier_router.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/metrics.h"
#include "common/carrier/dispatch.h"
#include "common/carrier/submit_outcome.h"

namespace dundun {
namespace {

using Kind = SubmitOutcome::Kind;
using std::chrono::milliseconds;

SubmitOutcome not_set_up() {
  SubmitOutcome outcome;
  outcome.kind = Kind::kFailed;
  outcome.error_code = "SUBMIT_FAIL";
  outcome.error_message = "The route's carrier is not set up.";
  return outcome;
}

SubmitOutcome none_available(int attempt) {
  return try_later(attempt, "The carrier is out of order.");
}

// Certainly not taken, and another carrier may take it.
bool may_go_elsewhere(const SubmitOutcome& outcome) {
  switch (outcome.kind) {
    case Kind::kFailed:
    case Kind::kRetryLater:
    case Kind::kPaced:
      return true;
    case Kind::kRefused:
      return outcome.carrier_trouble;
    case Kind::kAccepted:
    case Kind::kUnknown:
      return false;
  }
  return false;
}

// If several carriers declined, the outcome that allows the earliest retry is kept.
int preference(const SubmitOutcome& outcome) {
  switch (outcome.kind) {
    case Kind::kPaced:
      return 3;
    case Kind::kRetryLater:
      return 2;
    case Kind::kFailed:
      return 1;
    default:
      return 0;
  }
}

const char* word_of(Kind kind) {
  switch (kind) {
    case Kind::kAccepted:
      return "accepted";
    case Kind::kRefused:
      return "refused";
    case Kind::kFailed:
      return "failed";
    case Kind::kRetryLater:
      return "later";
    case Kind::kPaced:
      return "paced";
    case Kind::kUnknown:
      break;
  }
  return "unknown";
}

// What each carrier answers, and how soon.
void count_submit(const std::string& carrier, const SubmitOutcome& outcome,
                  std::chrono::duration<double> took) {
  const std::string labels = "carrier=\"" + carrier + "\"";
  counter("dundun_submits_total", labels + ",outcome=\"" + word_of(outcome.kind) + "\"").add();
  histogram("dundun_submit_seconds", Histogram::Scale::kSeconds, labels).observe(took.count());
}

}  // namespace

struct CarrierRouter::Trip {
  Submission submission;  // carrier: who is asked now
  std::function<void(SubmitOutcome)> done;
  std::vector<std::string> asked;     // before
  std::optional<SubmitOutcome> best;  // of theirs
  bool route_paced = false;
};

bool CarrierRouter::lets_through(const std::string& carrier) const {
  if (carriers_.find(carrier) == nullptr) return false;
  return carrier == kLoopback || breakers_.lets_through(carrier);
}

std::string CarrierRouter::first_carrier(const Submission& submission) const {
  for (const LegChoice& choice : carriers_.legs_of(submission)) {
    const std::string& carrier = choice.leg.carrier;
    if (choice.standing != LegChoice::Standing::kUsable) break;
    if (carriers_.find(carrier) == nullptr) continue;
    if (carrier == kLoopback || breakers_.offers(carrier)) return carrier;
  }
  return "";
}

bool CarrierRouter::deduplicates(const Submission& submission) const {
  const Connector* const carrier = carriers_.find(submission.carrier);
  return carrier != nullptr && carrier->deduplicates(submission);
}

void CarrierRouter::submit(const Submission& submission, std::function<void(SubmitOutcome)> done) {
  auto trip = std::make_shared<Trip>();
  trip->submission = submission;
  trip->done = std::move(done);
  trip->route_paced = submission.paced;
  ask(trip);
}

// No carrier was recorded: all breakers are open, or no carrier is configured.
SubmitOutcome CarrierRouter::nobody(const Submission& submission) const {
  for (const LegChoice& choice : carriers_.legs_of(submission)) {
    const bool usable = choice.standing == LegChoice::Standing::kUsable;
    if (usable && carriers_.find(choice.leg.carrier) != nullptr) {
      return none_available(submission.attempt);
    }
  }
  return not_set_up();
}

void CarrierRouter::ask(const std::shared_ptr<Trip>& trip) {
  const std::string& carrier = trip->submission.carrier;
  if (carrier.empty()) return settle(trip, nobody(trip->submission));
  Connector* const connector = carriers_.find(carrier);
  if (connector == nullptr) return settle(trip, not_set_up());
  const bool breaks = carrier != kLoopback;
  if (breaks && !breakers_.lets_through(carrier)) {
    return settle(trip, none_available(trip->submission.attempt));
  }
  if (auto wait = paced(*trip)) return trip->done(*std::move(wait));
  std::optional<Breaker::Permit> permit;
  if (breaks) {
    permit = breakers_.admit(carrier);
    if (!permit) return settle(trip, none_available(trip->submission.attempt));
  }
  const auto asked = std::chrono::steady_clock::now();
  connector->submit(trip->submission, [this, trip, permit, asked](SubmitOutcome outcome) {
    count_submit(trip->submission.carrier, outcome, std::chrono::steady_clock::now() - asked);
    if (permit) breakers_.report(trip->submission.carrier, *permit, outcome);
    settle(trip, std::move(outcome));
  });
}

std::optional<SubmitOutcome> CarrierRouter::paced(Trip& trip) {
  if (std::exchange(trip.submission.paced, false)) return std::nullopt;
  const auto with_route =
      std::exchange(trip.route_paced, true) ? Carriers::WithRoute::kNo : Carriers::WithRoute::kYes;
  const std::vector<PaceLimit> limits = carriers_.limits_of(trip.submission, with_route);
  const auto wait = pace_.reserve(limits, trip.submission.segments, trip.submission.message_id);
  if (wait.count() <= 0) return std::nullopt;
  SubmitOutcome outcome;
  outcome.kind = Kind::kPaced;
  outcome.carrier = trip.submission.carrier;
  outcome.error_message = "The route is at its limit of throughput.";
  outcome.retry_after = std::chrono::ceil<milliseconds>(wait);
  return outcome;
}

void CarrierRouter::settle(const std::shared_ptr<Trip>& trip, SubmitOutcome outcome) {
  outcome.carrier = trip->submission.carrier;
  if (!may_go_elsewhere(outcome)) return trip->done(std::move(outcome));
  if (!trip->best || preference(outcome) >= preference(*trip->best))
    trip->best = std::move(outcome);
  trip->asked.push_back(trip->submission.carrier);
  std::optional<std::string> to;
  if (!trip->submission.held && begin_reroute()) {
    to = next_carrier(*trip);
    if (to) return reroute(trip, *to);
    end_reroute();
  }
  trip->done(*std::move(trip->best));
}

bool CarrierRouter::begin_reroute() {
  std::lock_guard lock(mutex_);
  if (!stopping_) ++rerouting_;
  return !stopping_;
}

void CarrierRouter::end_reroute() {
  std::lock_guard lock(mutex_);
  if (--rerouting_ == 0) rerouted_.notify_all();
}

std::optional<std::string> CarrierRouter::next_carrier(const Trip& trip) const {
  for (const LegChoice& choice : carriers_.legs_of(trip.submission)) {
    const std::string& carrier = choice.leg.carrier;
    if (choice.standing != LegChoice::Standing::kUsable) break;
    const bool was_asked = std::ranges::find(trip.asked, carrier) != trip.asked.end();
    if (!was_asked && lets_through(carrier)) return carrier;
  }
  return std::nullopt;
}

// If the reroute cannot be committed, the next carrier is not asked: no carrier has the message.
void CarrierRouter::reroute(const std::shared_ptr<Trip>& trip, const std::string& to) {
  static Counter& reroutes = counter("dundun_reroutes_total");
  reroutes.add();
  AdvanceMessage change = rerouted(trip->submission, to, trip->best->error_message);
  journal_.submit(std::move(change), [this, trip, to](const Result<CommitResult>& result) {
    if (result && result->outcome == CommitResult::Outcome::kCommitted) {
      trip->submission.carrier = to;
      trip->submission.paced = false;  // that was the other one's share
      ask(trip);
    } else {
      trip->done(*std::move(trip->best));
    }
    end_reroute();
  });
}

void CarrierRouter::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  rerouted_.wait(lock, [this] { return rerouting_ == 0; });
}

}  // namespace dundun
