#include "common/identity/control.h"

namespace dundun {
namespace {

// Of two changes at once the older may come second: the number never moves back.
constexpr const char* kMoveVersion =
    "if tonumber(redis.call('GET', KEYS[1]) or 0) < tonumber(ARGV[1]) then "
    "redis.call('SET', KEYS[1], ARGV[1]) end "
    "return redis.call('PUBLISH', 'control', 'config')";

}  // namespace

Control::Control(const Config& config)
    : redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

void Control::configuration_moved(int64_t version) {
  std::lock_guard lock(mutex_);
  (void)redis_.run({"EVAL", kMoveVersion, "1", "config:version", std::to_string(version)});
}

void Control::sessions_ended() {
  std::lock_guard lock(mutex_);
  (void)redis_.run({"PUBLISH", "control", "config"});
}

}  // namespace dundun
