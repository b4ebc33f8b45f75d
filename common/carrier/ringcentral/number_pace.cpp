#include "common/carrier/ringcentral/number_pace.h"

#include <algorithm>

#include "common/base/time.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kWindowUs = 60'000'000;
constexpr size_t kNumbersMax = 10'000;
// A message that finds no place in the window looks again after this time.
constexpr milliseconds kAgainAfter{5000};

// KEYS[1] the moments at which the last ARGV[1] messages leave or left, oldest first; KEYS[2] the
// place of a message that waits; ARGV[2] the window in µs.
constexpr const char* kMinuteScript =
    "if redis.call('DEL', KEYS[2]) == 1 then return 0 end "
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000000 + t[2] "
    "local most = tonumber(ARGV[1]) "
    "local window = tonumber(ARGV[2]) "
    "local at = now "
    "if redis.call('LLEN', KEYS[1]) >= most then "
    "at = math.max(now, tonumber(redis.call('LINDEX', KEYS[1], -most)) + window) end "
    "redis.call('RPUSH', KEYS[1], string.format('%.0f', at)) "
    "redis.call('LTRIM', KEYS[1], -most, -1) "
    "redis.call('PEXPIRE', KEYS[1], math.ceil((at - now + window) / 1000)) "
    "if at <= now then return 0 end "
    "local wait = math.ceil((at - now) / 1000) "
    "redis.call('SET', KEYS[2], 1, 'PX', wait + 60000) "
    "return wait";

}  // namespace

NumberPace::NumberPace(const Config& config, int messages_per_minute)
    : most_(messages_per_minute),
      most_alone_(std::max(1, messages_per_minute / config.pace_share)),
      redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

milliseconds NumberPace::reserve(const std::string& number, const Uuid& message_id) {
  // One hash tag: both keys of the script live on one node of a cluster.
  const std::string key = "numberpace:{" + number + "}";
  const RedisCommand command{"EVAL",
                             kMinuteScript,
                             "2",
                             key,
                             key + ":" + to_string(message_id),
                             std::to_string(most_),
                             std::to_string(kWindowUs)};
  const auto reply = redis_.run(command);
  if (reply && reply->kind == RedisReply::Kind::kInteger) return milliseconds(reply->integer);
  return reserve_locally(number);
}

milliseconds NumberPace::reserve_locally(const std::string& number) {
  if (local_.size() > kNumbersMax) local_.clear();
  std::deque<int64_t>& left = local_[number];
  const int64_t at = unix_micros(now());
  while (!left.empty() && left.front() <= at - kWindowUs) left.pop_front();
  if (left.size() >= static_cast<size_t>(most_alone_)) return kAgainAfter;
  left.push_back(at);
  return milliseconds(0);
}

}  // namespace dundun
