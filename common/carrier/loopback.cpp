#include "common/carrier/loopback.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSlowAnswer{2000};
constexpr milliseconds kThrottleWait{1000};

constexpr std::pair<std::string_view, LoopbackFate> kFates[] = {
    {"0001", LoopbackFate::kUndelivered},  {"0002", LoopbackFate::kRejected},
    {"0003", LoopbackFate::kExpired},      {"0004", LoopbackFate::kRefused},
    {"0005", LoopbackFate::kThrottled},    {"0006", LoopbackFate::kNoAnswer},
    {"0007", LoopbackFate::kLateDelivery}, {"0008", LoopbackFate::kDuplicates},
    {"0009", LoopbackFate::kSlow},         {"0010", LoopbackFate::kSentFirst},
    {"0011", LoopbackFate::kFailsOnce},    {"0012", LoopbackFate::kFailsAlways},
};

std::vector<PlannedReceipt> receipts_for(LoopbackFate fate, milliseconds delay) {
  switch (fate) {
    case LoopbackFate::kUndelivered:
      return {{"UNDELIV", delay}};
    case LoopbackFate::kRejected:
      return {{"REJECTD", delay}};
    case LoopbackFate::kExpired:
      return {{"EXPIRED", delay}};
    case LoopbackFate::kLateDelivery:
      return {{"UNDELIV", delay}, {"DELIVRD", 2 * delay}};
    case LoopbackFate::kDuplicates:
      return {{"DELIVRD", delay}, {"DELIVRD", delay}, {"DELIVRD", 2 * delay}};
    case LoopbackFate::kDelivered:
    case LoopbackFate::kSentFirst:
      return {{"ACCEPTD", delay / 2}, {"DELIVRD", delay}};
    case LoopbackFate::kRefused:
    case LoopbackFate::kNoAnswer:
    case LoopbackFate::kFailsAlways:
      return {};
    case LoopbackFate::kThrottled:
    case LoopbackFate::kFailsOnce:
    case LoopbackFate::kSlow:
      return {{"DELIVRD", delay}};
  }
  return {};
}

class Loopback : public Connector {
 public:
  Loopback(Executor& executor, const Config& config)
      : executor_(executor), delay_(config.loopback_dlr_delay) {
    if (config.loopback_handset_log.empty()) return;
    log_ =
        open(config.loopback_handset_log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }
  ~Loopback() override {
    if (log_ >= 0) close(log_);
  }

  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override {
    const LoopbackFate fate = loopback_fate(submission.phone);
    SubmitOutcome outcome = decide(submission, fate);
    if (outcome.kind == SubmitOutcome::Kind::kAccepted) write_handset(submission);
    const bool late = fate == LoopbackFate::kSlow || fate == LoopbackFate::kNoAnswer;
    if (!late) return done(std::move(outcome));
    executor_.post_after(kSlowAnswer,
                         [done = std::move(done), outcome = std::move(outcome)] { done(outcome); });
  }

  bool deduplicates(const Submission&) const override { return true; }

 private:
  SubmitOutcome decide(const Submission& submission, LoopbackFate fate) const {
    SubmitOutcome outcome;
    if (fate == LoopbackFate::kNoAnswer) return outcome;  // unknown
    if (fate == LoopbackFate::kRefused) {
      outcome.kind = SubmitOutcome::Kind::kRefused;
      outcome.error_code = "SUBMIT_FAIL";
      outcome.error_message = "The carrier refused the message.";
    } else if (fate == LoopbackFate::kFailsAlways ||
               (fate == LoopbackFate::kFailsOnce && submission.attempt <= 1)) {
      outcome.kind = SubmitOutcome::Kind::kFailed;
      outcome.error_code = "SUBMIT_FAIL";
      outcome.error_message = "The carrier could not take the message.";
    } else if (fate == LoopbackFate::kThrottled && submission.attempt <= 1) {
      outcome.kind = SubmitOutcome::Kind::kRetryLater;
      outcome.error_code = "THROTTLED";
      outcome.error_message = "The carrier asks to wait.";
      outcome.retry_after = kThrottleWait;
    } else {
      outcome.kind = SubmitOutcome::Kind::kAccepted;
      outcome.carrier_message_id = "lo-" + to_string(submission.message_id);
      outcome.receipts = receipts_for(fate, delay_);
    }
    return outcome;
  }

  // One write a line: lines of several processes never mix.
  void write_handset(const Submission& submission) const {
    if (log_ < 0) return;
    const std::string line =
        to_string(submission.message_id) + " " + std::to_string(submission.attempt) + "\n";
    (void)!write(log_, line.data(), line.size());
  }

  Executor& executor_;
  milliseconds delay_;
  int log_ = -1;
};

}  // namespace

LoopbackFate loopback_fate(std::string_view e164) {
  for (const auto& [ending, fate] : kFates) {
    if (e164.ends_with(ending)) return fate;
  }
  return LoopbackFate::kDelivered;
}

std::unique_ptr<Connector> make_loopback(Executor& executor, const Config& config) {
  return std::make_unique<Loopback>(executor, config);
}

}  // namespace dundun
