#include "common/identity/gate.h"

#include <algorithm>

#include "common/base/time.h"

namespace dundun {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int kBadKeyWindowS = 300;
constexpr size_t kRememberedMax = 50'000;

// KEYS the limits' keys, and for each of them three of ARGV: requests, in so many µs, asked for
// now. Answers three numbers for each: how many of the asked for are allowed, how many remain, and
// the µs after which the next would be allowed. The same rule as gcra() below, on Redis' clock. One
// script for all: to start one costs Redis more than to take a request of it.
constexpr const char* kScript =
    "local t = redis.call('TIME') "
    "local now = t[1] * 1000000 + t[2] "
    "local answers = {} "
    "for k, key in ipairs(KEYS) do "
    "local window = tonumber(ARGV[3 * k - 1]) "
    "local step = window / tonumber(ARGV[3 * k - 2]) "
    "local tat = math.max(tonumber(redis.call('GET', key) or now), now) "
    "local allowed, retry = 0, 0 "
    "for i = 1, tonumber(ARGV[3 * k]) do "
    "if tat + step - now > window + 0.5 then retry = math.ceil(tat + step - now - window) break "
    "end "
    "tat = tat + step "
    "allowed = allowed + 1 end "
    "if allowed > 0 then redis.call('SET', key, string.format('%.0f', tat), 'PX', "
    "math.ceil((tat - now) / 1000) + 1) end "
    "answers[3 * k - 2] = allowed "
    "answers[3 * k - 1] = math.max(math.floor((window - (tat - now)) / step), 0) "
    "answers[3 * k] = retry end "
    "return answers";
constexpr size_t kNumbersALimit = 3;

// A window of another length is another count.
std::string limit_key(const Gate::Ask& ask) {
  std::string key = "limit:" + std::to_string(ask.key_id);
  if (ask.limit.window_s != 1) key += ":" + std::to_string(ask.limit.window_s);
  return key;
}

// The requests that count for one limit, as places in what is asked.
struct Limited {
  std::string key;
  std::vector<size_t> asks;
};

std::vector<Limited> by_limit(std::span<const Gate::Ask> asks) {
  std::vector<Limited> limits;
  for (size_t i = 0; i < asks.size(); ++i) {
    std::string key = limit_key(asks[i]);
    auto same = std::ranges::find(limits, key, &Limited::key);
    if (same == limits.end()) same = limits.insert(same, {std::move(key), {}});
    same->asks.push_back(i);
  }
  return limits;
}

// EVAL, not EVALSHA: a flushed Redis must not cost a second round trip, and the script is short.
RedisCommand take_command(std::span<const Gate::Ask> asks, const std::vector<Limited>& limits) {
  RedisCommand command{"EVAL", kScript, std::to_string(limits.size())};
  for (const Limited& limit : limits) command.push_back(limit.key);
  for (const Limited& limited : limits) {
    const RateLimit& limit = asks[limited.asks.front()].limit;
    command.push_back(std::to_string(limit.most));
    command.push_back(std::to_string(limit.window_s * kSecondUs));
    command.push_back(std::to_string(limited.asks.size()));
  }
  return command;
}

// Of the requests of one limit, the first are allowed.
void read_verdicts(const RedisReply& reply, const std::vector<Limited>& limits,
                   std::vector<RateVerdict>& verdicts) {
  if (reply.items.size() != kNumbersALimit * limits.size()) return;
  const RedisReply* number = reply.items.data();
  for (const Limited& limit : limits) {
    const int64_t allowed = number[0].integer, remaining = number[1].integer;
    for (int64_t i = 0; i < std::ssize(limit.asks); ++i) {
      verdicts[limit.asks[static_cast<size_t>(i)]] =
          i < allowed ? RateVerdict{true, remaining + allowed - 1 - i, 0}
                      : RateVerdict{false, 0, number[2].integer};
    }
    number += kNumbersALimit;
  }
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
  const std::vector<Limited> limits = by_limit(asks);
  if (!limits.empty()) commands.push_back(take_command(asks, limits));
  Answers answers;
  const auto replies = redis_.run_pipeline(commands);
  if (!replies) {
    for (const Ask& ask : asks) answers.verdicts.push_back(local_.take(ask.key_id, ask.limit));
    return answers;
  }
  answers.verdicts.resize(asks.size());
  if (!limits.empty()) read_verdicts(replies->back(), limits, answers.verdicts);
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
