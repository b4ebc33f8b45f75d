#include "common/io/redis.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/time.h>

#include <charconv>
#include <csignal>
#include <mutex>
#include <optional>

#include "common/io/owned.h"

namespace dundun {

namespace {

using Clock = std::chrono::steady_clock;
using Context = Owned<redisContext, redisFree>;
using RawReply = Owned<redisReply, freeReplyObject>;

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
    case REDIS_REPLY_ERROR:
      reply.kind = RedisReply::Kind::kError;
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

struct Address {
  std::string path;  // of a Unix socket; empty for TCP
  std::string host;
  int port = 6379;
};

std::optional<Address> parse_address(std::string_view url) {
  Address address;
  if (url.starts_with("unix:")) {
    url.remove_prefix(5);
    if (url.starts_with("//")) url.remove_prefix(2);
    address.path = url;
    if (address.path.empty()) return std::nullopt;
    return address;
  }
  if (!url.starts_with("redis://")) return std::nullopt;
  url.remove_prefix(8);
  while (url.ends_with('/')) url.remove_suffix(1);
  const size_t colon = url.rfind(':');
  address.host = url.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view digits = url.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  }
  if (address.host.empty()) return std::nullopt;
  return address;
}

}  // namespace

struct Redis::State {
  Options options;
  std::optional<Address> address;
  Context context;
  Clock::time_point next_attempt{};

  Error down(std::string_view why) {
    Error error = unavailable("redis: " + std::string(why));
    context.reset();  // `why` may lie in it
    next_attempt = Clock::now() + options.retry_after;
    return error;
  }
  Status ensure_link();
  Status append(const RedisCommand& command);
  Result<RedisReply> next_reply();
};

Status Redis::State::ensure_link() {
  if (context) {
    // Redis speaks only when asked: something to read now is the end of the stream.
    pollfd descriptor{context->fd, POLLIN, 0};
    if (poll(&descriptor, 1, 0) <= 0) return Done{};
    context.reset();
  }
  if (!address) return unavailable("redis: REDIS_URL cannot be read");
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
  return convert(*reply);
}

Redis::Redis(Options options) : state_(std::make_unique<State>()) {
  // hiredis 0.14 writes without MSG_NOSIGNAL: a lost link would end the process.
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
  state_->address = parse_address(options.url);
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
  for (const RedisCommand& command : commands) TRY(state_->append(command));
  std::vector<RedisReply> replies;
  replies.reserve(commands.size());
  for (size_t i = 0; i < commands.size(); ++i) replies.push_back(TRY(state_->next_reply()));
  return replies;
}

bool Redis::up() const { return state_->context != nullptr; }

}  // namespace dundun
