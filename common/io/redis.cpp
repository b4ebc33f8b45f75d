#include "common/io/redis.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/time.h>

#include <csignal>
#include <mutex>
#include <optional>

#include "common/base/log.h"
#include "common/base/redis_url.h"
#include "common/io/owned.h"

namespace dundun {

namespace {

using Clock = std::chrono::steady_clock;
using Context = Owned<redisContext, redisFree>;
using RawReply = Owned<redisReply, freeReplyObject>;

// How often a link that is in use is asked whether it still leads to a master.
constexpr std::chrono::seconds kRoleEvery{1};

timeval to_timeval(std::chrono::milliseconds time) {
  return {time.count() / 1000, static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

RedisReply convert(const redisReply& raw) {
  RedisReply reply;
  switch (raw.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = RedisReply::Kind::kString;
      reply.text.assign(raw.str, raw.len);
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = RedisReply::Kind::kInteger;
      reply.integer = raw.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = RedisReply::Kind::kArray;
      for (size_t i = 0; i < raw.elements; ++i) reply.items.push_back(convert(*raw.element[i]));
      break;
    default:
      break;  // nil
  }
  return reply;
}

// Whether an answer to ROLE is a master's: a replica reads, and knows nothing of the present.
bool is_master(const RedisReply& role) {
  return role.kind == RedisReply::Kind::kArray && !role.items.empty() &&
         role.items.front().text == "master";
}

}  // namespace

struct Redis::State {
  Options options;
  Result<RedisAddress> address = RedisAddress{};
  Context context;
  Clock::time_point next_attempt{};
  Clock::time_point role_asked{};

  Error down(std::string_view why) {
    Error error = unavailable("redis: " + std::string(why));
    context.reset();  // `why` may lie in it
    next_attempt = Clock::now() + options.retry_after;
    return error;
  }
  Status ensure_link();
  Status introduce();
  Status append(const RedisCommand& command);
  Result<RedisReply> next_reply();
  Status expect_master();
};

Status Redis::State::ensure_link() {
  if (context) {
    // Redis speaks only when asked: something to read now is the end of the stream.
    pollfd descriptor{context->fd, POLLIN, 0};
    if (poll(&descriptor, 1, 0) <= 0) return Done{};
    context.reset();
  }
  if (!address) return unavailable("redis: " + address.error().message);
  if (Clock::now() < next_attempt) return unavailable("redis: not connected, waiting to retry");
  const timeval timeout = to_timeval(options.timeout);
  if (address->path.empty()) {
    context.reset(redisConnectWithTimeout(address->host.c_str(), address->port, timeout));
  } else {
    context.reset(redisConnectUnixWithTimeout(address->path.c_str(), timeout));
  }
  if (!context) return down("out of memory");
  if (context->err != 0) return down(context->errstr);
  if (redisSetTimeout(context.get(), timeout) != REDIS_OK) return down(context->errstr);
  role_asked = {};
  return introduce();
}

Status Redis::State::introduce() {
  std::vector<RedisCommand> commands;
  if (!address->user.empty()) {
    commands.push_back({"AUTH", address->user, address->password});
  } else if (!address->password.empty()) {
    commands.push_back({"AUTH", address->password});
  }
  if (address->database != 0) commands.push_back({"SELECT", std::to_string(address->database)});
  for (const RedisCommand& command : commands) TRY(append(command));
  for (size_t i = 0; i < commands.size(); ++i) TRY(next_reply());
  return Done{};
}

Status Redis::State::append(const RedisCommand& command) {
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  const int queued = redisAppendCommandArgv(context.get(), static_cast<int>(words.size()),
                                            words.data(), sizes.data());
  if (queued != REDIS_OK) return down(context->errstr);
  return Done{};
}

Result<RedisReply> Redis::State::next_reply() {
  void* raw = nullptr;
  if (redisGetReply(context.get(), &raw) != REDIS_OK || raw == nullptr) {
    return down(context->err != 0 ? context->errstr : "no reply");
  }
  const RawReply reply(static_cast<redisReply*>(raw));
  if (reply->type != REDIS_REPLY_ERROR) return convert(*reply);
  const std::string_view why(reply->str, reply->len);
  log(LogLevel::kWarning, "redis_refused", {{"detail", why}});
  return down(why);
}

Status Redis::State::expect_master() {
  if (is_master(TRY(next_reply()))) return Done{};
  log(LogLevel::kWarning, "redis_refused", {{"detail", std::string_view("not a master")}});
  return down("not a master");
}

Redis::Redis(Options options) : state_(std::make_unique<State>()) {
  // hiredis 0.14 writes without MSG_NOSIGNAL: a lost link would end the process.
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
  state_->address = parse_redis_url(options.url);
  state_->options = std::move(options);
}

Redis::~Redis() = default;
Redis::Redis(Redis&&) noexcept = default;

Result<RedisReply> Redis::run(const RedisCommand& command) {
  std::vector<RedisReply> replies = TRY(run_pipeline({&command, 1}));
  return std::move(replies.front());
}

Result<std::vector<RedisReply>> Redis::run_pipeline(std::span<const RedisCommand> commands) {
  TRY(state_->ensure_link());
  const bool asks_role = Clock::now() - state_->role_asked >= kRoleEvery;
  if (asks_role) TRY(state_->append({"ROLE"}));
  for (const RedisCommand& command : commands) TRY(state_->append(command));
  if (asks_role) TRY(state_->expect_master());
  if (asks_role) state_->role_asked = Clock::now();
  std::vector<RedisReply> replies;
  replies.reserve(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) replies.push_back(TRY(state_->next_reply()));
  return replies;
}

bool Redis::up() const { return state_->context != nullptr; }

}  // namespace dundun
