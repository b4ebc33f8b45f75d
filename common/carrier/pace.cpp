#include "common/carrier/pace.h"

#include <algorithm>

#include "common/base/time.h"

namespace dundun {
namespace {

using std::chrono::microseconds;

constexpr int64_t kSecondUs = 1'000'000;
// What may leave at once beyond the rate; what a pause leaves over for later.
constexpr int64_t kBurstUs = 100'000;

// KEYS[1] the bucket, KEYS[2] the slot of a message, none for a campaign; ARGV[1] µs a segment,
// ARGV[2] segments, ARGV[3] burst in µs. The bucket holds the moment at which it is empty again.
constexpr const char* kScript =
    "if KEYS[2] and redis.call('DEL', KEYS[2]) == 1 then return 0 end "
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000000 + t[2] "
    "local burst = tonumber(ARGV[3]) "
    "local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now - burst) "
    "local wait = math.ceil(empty - now) "
    "if not KEYS[2] and wait > 0 then return wait end "
    "empty = empty + ARGV[1] * ARGV[2] "
    "redis.call('SET', KEYS[1], string.format('%.0f', empty), 'PX', "
    "math.max(math.ceil((empty - now) / 1000), 0) + 1000) "
    "if not KEYS[2] or wait <= burst then return 0 end "
    "redis.call('SET', KEYS[2], 1, 'PX', math.ceil(wait / 1000) + 60000) "
    "return wait";

class PacedConnector final : public Connector {
 public:
  PacedConnector(Connector& carrier, Pace& pace) : carrier_(carrier), pace_(pace) {}

  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override {
    if (submission.pace.segments_per_s > 0) {
      const microseconds wait =
          pace_.reserve(submission.pace, submission.segments, submission.message_id);
      if (wait.count() > 0) return done(paced(submission, wait));
    }
    carrier_.submit(submission, std::move(done));
  }

  bool deduplicates(const Submission& submission) const override {
    return carrier_.deduplicates(submission);
  }

 private:
  static SubmitOutcome paced(const Submission& submission, microseconds wait) {
    SubmitOutcome outcome;
    outcome.kind = SubmitOutcome::Kind::kPaced;
    outcome.error_message = "The route is at its limit of " +
                            std::to_string(submission.pace.segments_per_s) + " segments a second.";
    outcome.retry_after = std::chrono::ceil<std::chrono::milliseconds>(wait);
    return outcome;
  }

  Connector& carrier_;
  Pace& pace_;
};

}  // namespace

Pace::Pace(const Config& config)
    : share_(config.pace_share),
      redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

microseconds Pace::reserve(const RoutePace& pace, int segments, const Uuid& message_id) {
  return ask(pace, to_string(message_id), segments);
}

microseconds Pace::take_spare(const RoutePace& pace, int64_t segments) {
  return ask(pace, "", segments);
}

microseconds Pace::ask(const RoutePace& pace, const std::string& message, int64_t segments) {
  // One hash tag: both keys of a script live on one node of a cluster.
  const std::string bucket = "pace:{" + pace.route + "}";
  RedisCommand command{"EVAL", kScript, message.empty() ? "1" : "2", bucket};
  if (!message.empty()) command.push_back(bucket + ":" + message);
  command.push_back(std::to_string(kSecondUs / static_cast<double>(pace.segments_per_s)));
  command.push_back(std::to_string(segments));
  command.push_back(std::to_string(kBurstUs));
  std::lock_guard lock(mutex_);
  auto reply = redis_.run(command);
  if (reply && reply->kind == RedisReply::Kind::kInteger) return microseconds(reply->integer);
  return ask_locally(pace, !message.empty(), segments);
}

microseconds Pace::ask_locally(const RoutePace& pace, bool waits, int64_t segments) {
  const int64_t at = unix_micros(now());
  int64_t& empty = local_[pace.route];
  empty = std::max(empty, at - kBurstUs);
  const int64_t wait = empty - at;
  if (wait > (waits ? kBurstUs : 0)) return microseconds(wait);
  empty += segments * kSecondUs * share_ / pace.segments_per_s;
  return microseconds(0);
}

std::unique_ptr<Connector> make_paced(Connector& carrier, Pace& pace) {
  return std::make_unique<PacedConnector>(carrier, pace);
}

}  // namespace dundun
