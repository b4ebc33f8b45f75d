#include "ws-bridge/subscriber.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
// The adapter's functions are static: this is the one file that may include it.
#include <hiredis/adapters/libuv.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <utility>

#include "common/base/log.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kBackoffMin{50};
constexpr milliseconds kBackoffMax{2000};
constexpr milliseconds kWatchPeriod{1000};
// Redis answers our heartbeat at once; two missed ones mean that the link is dead.
constexpr milliseconds kSilenceMax{3500};
constexpr size_t kChannelsACommand = 512;

// The configuration was refused if it cannot be read.
RedisAddress address_in(const std::string& url) {
  const auto address = parse_redis_url(url);
  return address ? *address : RedisAddress{};
}

redisAsyncContext* open_context(const RedisAddress& address) {
  return address.path.empty() ? redisAsyncConnect(address.host.c_str(), address.port)
                              : redisAsyncConnectUnix(address.path.c_str());
}

std::string_view text_of(const redisReply* reply) {
  return reply->type == REDIS_REPLY_STRING ? std::string_view(reply->str, reply->len)
                                           : std::string_view();
}

}  // namespace

// hiredis frees the context itself after a failed connect and after every disconnect; these
// callbacks only forget it. A context we dropped on purpose has no data any more.
struct Subscriber::Callbacks {
  static void on_connect(const redisAsyncContext* context, int status) noexcept {
    auto* self = static_cast<Subscriber*>(context->data);
    if (self == nullptr) return;
    if (status == REDIS_OK) {
      self->connected();
    } else {
      self->lost();
    }
  }

  static void on_disconnect(const redisAsyncContext* context, int) noexcept {
    if (auto* self = static_cast<Subscriber*>(context->data)) self->lost();
  }

  static void on_reply(redisAsyncContext* context, void* data, void*) noexcept {
    auto* self = static_cast<Subscriber*>(context->data);
    const auto* reply = static_cast<const redisReply*>(data);
    if (self == nullptr || reply == nullptr) return;
    if (reply->type == REDIS_REPLY_ERROR) return self->refused({reply->str, reply->len});
    self->heard_at_ = Clock::now();
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 3) return;
    const std::string_view kind = text_of(reply->element[0]);
    const std::string_view channel = text_of(reply->element[1]);
    if (kind == "message") {
      self->listener_.on_message(channel, text_of(reply->element[2]));
    } else if (kind == "pmessage" && reply->elements == 4) {
      self->listener_.on_pattern_message(text_of(reply->element[2]), text_of(reply->element[3]));
    } else if (kind == "subscribe" || kind == "psubscribe") {
      self->confirmed(std::string(channel));
    } else if (kind == "slave") {  // to ROLE
      self->refused("not a master");
    } else if (kind == "unsubscribe" || kind == "punsubscribe") {
      self->left(std::string(channel));
    }
  }
};

Subscriber::Subscriber(Loop& loop, const std::string& url, Listener& listener)
    : loop_(loop),
      address_(address_in(url)),
      listener_(listener),
      reconnect_(loop, [this] { connect(); }),
      watchdog_(loop, [this] { watch(); }),
      before_wait_(loop, [this] { send_gathered(); }) {
  watchdog_.every(kWatchPeriod);
}

Subscriber::~Subscriber() { drop(); }

void Subscriber::connect() {
  context_ = open_context(address_);
  if (context_ == nullptr || context_->err != 0) {
    drop();
    lost();
    return;
  }
  context_->data = this;
  heard_at_ = Clock::now();
  redisLibuvAttach(context_, loop_.raw());
  redisAsyncSetConnectCallback(context_, Callbacks::on_connect);
  redisAsyncSetDisconnectCallback(context_, Callbacks::on_disconnect);
}

void Subscriber::connected() {
  heard_at_ = Clock::now();
  linked_ = true;
  std::erase_if(channels_, [](const auto& entry) { return !entry.second.wanted; });
  gathered_.clear();
  std::vector<std::string> names{std::string(kControl)};
  for (auto& [name, channel] : channels_) {
    channel.state = State::kAsked;
    names.push_back(name);
  }
  introduce();
  send(Verb::kSubscribe, names);
}

// Channels belong to no database, so there is none to select. A replica hears what its master
// publishes only as long as it follows one.
void Subscriber::introduce() {
  if (!address_.user.empty()) {
    send_command({"AUTH", address_.user, address_.password});
  } else if (!address_.password.empty()) {
    send_command({"AUTH", address_.password});
  }
  send_command({"ROLE"});
}

void Subscriber::refused(std::string_view why) {
  log(LogLevel::kWarning, "redis_refused", {{"detail", why}});
  drop();
  lost();
}

void Subscriber::lost() {
  context_ = nullptr;
  linked_ = false;
  const bool was_up = std::exchange(up_, false);
  backoff_ = std::clamp(backoff_ * 2, kBackoffMin, kBackoffMax);
  reconnect_.once(backoff_);
  if (was_up) {
    log(LogLevel::kWarning, "redis_lost");
    listener_.on_link_down();
  }
}

// Ends a context that hiredis did not end itself.
void Subscriber::drop() {
  redisAsyncContext* context = std::exchange(context_, nullptr);
  if (context == nullptr) return;
  context->data = nullptr;
  redisAsyncFree(context);
}

// A dead peer behind a live socket shows only by silence (hiredis 0.14 has no timeouts for async
// contexts). The heartbeat is a repeated SUBSCRIBE: unlike PING it leaves nothing behind in a
// subscribed context.
void Subscriber::watch() {
  if (context_ == nullptr) return;
  if (Clock::now() - heard_at_ > kSilenceMax) {
    drop();
    lost();
  } else if (up_) {
    send(Verb::kSubscribe, {std::string(kControl)});
  }
}

void Subscriber::send(Verb verb, const std::vector<std::string>& channels) {
  const bool comes = verb == Verb::kSubscribe;
  std::vector<std::string> patterns, names;
  for (const std::string& channel : channels) {
    (channel == kAllEvents ? patterns : names).push_back(channel);
  }
  send(comes ? "SUBSCRIBE" : "UNSUBSCRIBE", names);
  send(comes ? "PSUBSCRIBE" : "PUNSUBSCRIBE", patterns);
}

void Subscriber::send(const char* verb, const std::vector<std::string>& channels) {
  for (size_t begin = 0; begin < channels.size(); begin += kChannelsACommand) {
    const size_t end = std::min(channels.size(), begin + kChannelsACommand);
    std::vector<std::string> command{verb};
    command.insert(command.end(), channels.begin() + static_cast<ptrdiff_t>(begin),
                   channels.begin() + static_cast<ptrdiff_t>(end));
    send_command(command);
  }
}

void Subscriber::send_command(const std::vector<std::string>& command) {
  std::vector<const char*> words;
  std::vector<size_t> lengths;
  for (const std::string& word : command) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  redisAsyncCommandArgv(context_, Callbacks::on_reply, nullptr, static_cast<int>(words.size()),
                        words.data(), lengths.data());
}

void Subscriber::subscribe(const std::string& channel) {
  const auto [entry, is_new] = channels_.try_emplace(channel);
  entry->second.wanted = true;
  if (is_new && linked_) gathered_.push_back(channel);
}

void Subscriber::send_gathered() {
  if (gathered_.empty()) return;
  const std::vector<std::string> channels = std::exchange(gathered_, {});
  if (linked_) send(Verb::kSubscribe, channels);
}

void Subscriber::unsubscribe(const std::string& channel) {
  const auto entry = channels_.find(channel);
  if (entry == channels_.end()) return;
  entry->second.wanted = false;
  if (!linked_) {
    channels_.erase(entry);
  } else if (entry->second.state == State::kOn) {
    entry->second.state = State::kLeaving;
    send(Verb::kUnsubscribe, {channel});
  }
}

bool Subscriber::has_more() const {
  int bytes = 0;
  return context_ != nullptr && ioctl(context_->c.fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

void Subscriber::confirmed(const std::string& channel) {
  if (channel == kControl) {
    if (up_) return;
    up_ = true;
    backoff_ = milliseconds(0);
    log(LogLevel::kInfo, "redis_up");
    listener_.on_link_up();
    return;
  }
  const auto entry = channels_.find(channel);
  if (entry == channels_.end()) return;
  entry->second.state = State::kOn;
  if (!entry->second.wanted) {
    unsubscribe(channel);
  } else {
    listener_.on_subscribed(channel);
  }
}

void Subscriber::left(const std::string& channel) {
  const auto entry = channels_.find(channel);
  if (entry == channels_.end()) return;
  if (!entry->second.wanted) {
    channels_.erase(entry);
    return;
  }
  entry->second.state = State::kAsked;
  send(Verb::kSubscribe, {channel});
}

}  // namespace dundun
