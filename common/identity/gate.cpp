#include "common/identity/gate.h"

#include <algorithm>

#include "common/base/time.h"

namespace dundun {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int kBadKeyWindowS = 300;
constexpr size_t kRememberedMax = 50'000;

// KEYS[1] the limit's key, ARGV[1] requests in ARGV[2] µs. Answers {allowed, remaining, retry after
// µs}. The same rule as gcra() below, on Redis' clock.
constexpr const char* kScript =
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000000 + t[2] "
    "local window = tonumber(ARGV[2]) "
    "local step = window / tonumber(ARGV[1]) "
    "local tat = tonumber(redis.call('GET', KEYS[1]) or now) "
    "if tat < now then tat = now end "
    "local next = tat + step "
    "if next - now > window + 0.5 then "
    "return {0, 0, math.ceil(next - now - window)} end "
    "redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', "
    "math.ceil((next - now) / 1000) + 1) "
    "return {1, math.floor((window - (next - now)) / step), 0}";

RateVerdict verdict_of(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::kArray || reply.items.size() != 3) return {};
  return {reply.items[0].integer == 1, reply.items[1].integer, reply.items[2].integer};
}

// A window of another length is another count.
std::string limit_key(const Gate::Ask& ask) {
  std::string key = "limit:" + std::to_string(ask.key_id);
  if (ask.limit.window_s != 1) key += ":" + std::to_string(ask.limit.window_s);
  return key;
}

}  // namespace

RateVerdict gcra(int64_t now_us, const RateLimit& limit, int64_t& tat_us) {
  const int64_t window = limit.window_s * kSecondUs;
  const int64_t step = window / std::max<int64_t>(limit.most, 1);
  const int64_t next = std::max(tat_us, now_us) + step;
  if (next - now_us > window) return {false, 0, next - now_us - window};
  tat_us = next;
  return {true, (window - (next - now_us)) / step, 0};
}

RateVerdict LocalLimits::take(int64_t key_id, const RateLimit& limit) {
  std::lock_guard lock(mutex_);
  if (tats_.size() > kRememberedMax) tats_.clear();
  return gcra(unix_micros(now()), limit, tats_[{key_id, limit.window_s}]);
}

int LocalLimits::bad_key(const std::string& address, const Config& config) {
  std::lock_guard lock(mutex_);
  if (bad_keys_.size() > kRememberedMax) bad_keys_.clear();
  const int64_t at = unix_micros(now());
  BadKeys& seen = bad_keys_[address];
  if (seen.until_us < at) seen = {0, at + kBadKeyWindowS * kSecondUs};
  ++seen.count;
  if (seen.count <= config.bad_keys_max) return 0;
  if (seen.count == config.bad_keys_max + 1) {
    seen.until_us = at + config.bad_keys_block_s * kSecondUs;
  }
  return static_cast<int>((seen.until_us - at) / kSecondUs) + 1;
}

int LocalLimits::blocked_s(const std::string& address, const Config& config) const {
  std::lock_guard lock(mutex_);
  const auto seen = bad_keys_.find(address);
  if (seen == bad_keys_.end() || seen->second.count <= config.bad_keys_max) return 0;
  const int64_t left_us = seen->second.until_us - unix_micros(now());
  return left_us < 0 ? 0 : static_cast<int>(left_us / kSecondUs) + 1;
}

Gate::Gate(const Config& config, LocalLimits& local)
    : config_(config),
      local_(local),
      redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

Gate::Answers Gate::ask(std::span<const Ask> asks) {
  std::vector<RedisCommand> commands{{"GET", "config:version"}};
  for (const Ask& ask : asks) {
    // EVAL, not EVALSHA: a flushed Redis must not cost a second round trip, and the script is
    // short.
    commands.push_back({"EVAL", kScript, "1", limit_key(ask), std::to_string(ask.limit.most),
                        std::to_string(ask.limit.window_s * kSecondUs)});
  }
  Answers answers;
  auto replies = redis_.run_pipeline(commands);
  for (size_t i = 0; i < asks.size(); ++i) {
    answers.verdicts.push_back(replies ? verdict_of((*replies)[i + 1])
                                       : local_.take(asks[i].key_id, asks[i].limit));
  }
  if (!replies) return answers;
  const RedisReply& version = replies->front();
  if (version.kind == RedisReply::Kind::kString && !version.text.empty()) {
    answers.version = std::strtoll(version.text.c_str(), nullptr, 10);
  }
  return answers;
}

void Gate::remember_version(int64_t version) {
  // Only where there is none: never over a newer number.
  (void)redis_.run({"SET", "config:version", std::to_string(version), "NX"});
}

std::vector<int> Gate::blocked_s(std::span<const std::string> addresses) {
  std::vector<RedisCommand> commands;
  for (const std::string& address : addresses) {
    commands.push_back({"GET", "badkeys:" + address});
    commands.push_back({"TTL", "badkeys:" + address});
  }
  const auto replies = redis_.run_pipeline(commands);
  std::vector<int> blocked;
  for (size_t i = 0; i < addresses.size(); ++i) {
    if (!replies) {
      blocked.push_back(local_.blocked_s(addresses[i], config_));
      continue;
    }
    const int64_t count = std::strtoll((*replies)[2 * i].text.c_str(), nullptr, 10);
    const int64_t ttl = std::max<int64_t>((*replies)[2 * i + 1].integer, 1);
    blocked.push_back(count > config_.bad_keys_max ? static_cast<int>(ttl) : 0);
  }
  return blocked;
}

int Gate::bad_key(const std::string& address) {
  const std::string key = "badkeys:" + address;
  const std::vector<RedisCommand> commands{{"INCR", key}, {"TTL", key}};
  auto replies = redis_.run_pipeline(commands);
  if (!replies) return local_.bad_key(address, config_);
  const int64_t count = (*replies)[0].integer;
  int64_t ttl = (*replies)[1].integer;
  if (ttl < 0) ttl = kBadKeyWindowS;
  if (count == config_.bad_keys_max + 1) ttl = config_.bad_keys_block_s;
  if (count == 1 || count == config_.bad_keys_max + 1 || (*replies)[1].integer < 0) {
    (void)redis_.run({"EXPIRE", key, std::to_string(ttl)});
  }
  return count > config_.bad_keys_max ? static_cast<int>(std::max<int64_t>(ttl, 1)) : 0;
}

}  // namespace dundun
