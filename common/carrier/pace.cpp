#include "common/carrier/pace.h"

#include <algorithm>

#include "common/base/time.h"

namespace dundun {
namespace {

using std::chrono::microseconds;

constexpr int64_t kSecondUs = 1'000'000;
// What may leave at once beyond the rate; what a pause leaves over for later.
constexpr int64_t kBurstUs = 100'000;
constexpr size_t kLocalBucketsMax = 10'000;

// KEYS[1] the slot of a message, KEYS[2] … the buckets; ARGV[1] segments, ARGV[2] burst in µs,
// ARGV[3] 1 for a message that waits, 0 for a campaign, ARGV[4] … µs a segment of each bucket. A
// bucket holds the moment at which it is empty again.
constexpr const char* kTakeScript =
    "local waits = ARGV[3] == '1' "
    "if waits and redis.call('DEL', KEYS[1]) == 1 then return 0 end "
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000000 + t[2] "
    "local burst = tonumber(ARGV[2]) "
    "local empty, wait = {}, 0 "
    "for i = 2, #KEYS do "
    "empty[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), now - burst) "
    "wait = math.max(wait, math.ceil(empty[i] - now)) "
    "end "
    "if not waits and wait > 0 then return wait end "
    "for i = 2, #KEYS do "
    "empty[i] = empty[i] + ARGV[i + 2] * ARGV[1] "
    "redis.call('SET', KEYS[i], string.format('%.0f', empty[i]), 'PX', "
    "math.max(math.ceil((empty[i] - now) / 1000), 0) + 1000) "
    "end "
    "if not waits or wait <= burst then return 0 end "
    "redis.call('SET', KEYS[1], 1, 'PX', math.ceil(wait / 1000) + 60000) "
    "return wait";

// One hash tag: all keys of a script live on one node of a cluster.
std::string bucket_key(std::string_view name) { return "pace:{pace}:" + std::string(name); }

}  // namespace

Pace::Pace(const Config& config)
    : share_(config.pace_share),
      redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

microseconds Pace::reserve(const std::vector<PaceLimit>& limits, int segments,
                           const Uuid& message_id) {
  if (limits.empty()) return microseconds(0);
  return ask(limits, to_string(message_id), segments);
}

microseconds Pace::take_spare(const PaceLimit& limit, int64_t segments) {
  return ask({limit}, "", segments);
}

microseconds Pace::ask(const std::vector<PaceLimit>& limits, const std::string& message,
                       int64_t segments) {
  RedisCommand command{"EVAL", kTakeScript, std::to_string(limits.size() + 1), bucket_key(message)};
  for (const PaceLimit& limit : limits) command.push_back(bucket_key(limit.bucket));
  command.push_back(std::to_string(segments));
  command.push_back(std::to_string(kBurstUs));
  command.push_back(message.empty() ? "0" : "1");
  for (const PaceLimit& limit : limits) {
    command.push_back(std::to_string(kSecondUs / static_cast<double>(limit.segments_per_s)));
  }
  std::lock_guard lock(mutex_);
  auto reply = redis_.run(command);
  if (reply && reply->kind == RedisReply::Kind::kInteger) return microseconds(reply->integer);
  return ask_locally(limits, !message.empty(), segments);
}

microseconds Pace::ask_locally(const std::vector<PaceLimit>& limits, bool waits, int64_t segments) {
  const int64_t at = unix_micros(now());
  // Senders have buckets of their own: without bounds they would stay for ever.
  if (local_.size() > kLocalBucketsMax) {
    std::erase_if(local_, [at](const auto& bucket) { return bucket.second <= at - kBurstUs; });
  }
  int64_t wait = 0;
  for (const PaceLimit& limit : limits) {
    int64_t& empty = local_[limit.bucket];
    empty = std::max(empty, at - kBurstUs);
    wait = std::max(wait, empty - at);
  }
  if (wait > (waits ? kBurstUs : 0)) return microseconds(wait);
  for (const PaceLimit& limit : limits) {
    local_[limit.bucket] += segments * kSecondUs * share_ / limit.segments_per_s;
  }
  return microseconds(0);
}

}  // namespace dundun
