#include "common/identity/control.h"

#include "common/io/crypto.h"
#include "common/io/json.h"

namespace dundun {
namespace {

// Of two changes at once the older may come second: the number never moves back.
constexpr const char* kMoveVersion =
    "if tonumber(redis.call('GET', KEYS[1]) or 0) < tonumber(ARGV[1]) then "
    "redis.call('SET', KEYS[1], ARGV[1]) end "
    "return redis.call('PUBLISH', 'control', 'config')";

std::string session_key(const std::string& token_hash) { return "session:" + to_hex(token_hash); }

}  // namespace

Control::Control(const Config& config)
    : redis_(Redis::Options{.url = config.redis_url, .timeout = config.redis_timeout}) {}

void Control::configuration_moved(int64_t version) {
  std::lock_guard lock(mutex_);
  (void)redis_.run({"EVAL", kMoveVersion, "1", "config:version", std::to_string(version)});
}

void Control::keep_session(const SessionCopy& session, Copy copy) {
  const int64_t expires_at_unix = unix_micros(session.expires_at) / 1'000'000;
  JsonWriter json;
  json.begin_object()
      .member("account_id", session.account_id)
      .member("expires_at", expires_at_unix)
      .end_object();
  RedisCommand command{"SET", session_key(session.token_hash), json.take(), "EXAT",
                       std::to_string(expires_at_unix)};
  if (copy == Copy::kRenewed) command.push_back("XX");
  std::lock_guard lock(mutex_);
  (void)redis_.run(command);
}

void Control::forget_sessions(std::span<const std::string> token_hashes) {
  if (token_hashes.empty()) return;
  RedisCommand command{"DEL"};
  for (const std::string& hash : token_hashes) command.push_back(session_key(hash));
  const std::vector<RedisCommand> commands{std::move(command), {"PUBLISH", "control", "config"}};
  std::lock_guard lock(mutex_);
  (void)redis_.run_pipeline(commands);
}

}  // namespace dundun
