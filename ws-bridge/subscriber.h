// Listens to Redis for the bridge. It subscribes to channels while they have listeners, and
// connects again by itself when the link is lost.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/redis_url.h"
#include "ws-bridge/loop.h"

struct redisAsyncContext;

namespace dundun {

// Rules that keep this simple:
// - the context belongs to hiredis; context_ only observes it and is null once it is lost;
// - `control` stays subscribed as long as the link lives: unsubscribing a context's last channel
//   would end its subscribed mode;
// - a channel whose UNSUBSCRIBE is on its way is subscribed again only after Redis confirmed the
//   leave, or the confirmation would take the new subscription along.
class Subscriber {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_message(std::string_view channel, std::string_view payload) = 0;
    // A message that matches the pattern kAllEvents; on_message() is called for its channel too.
    virtual void on_pattern_message(std::string_view channel, std::string_view payload) = 0;
    virtual void on_subscribed(std::string_view channel) = 0;
    virtual void on_link_up() = 0;
    virtual void on_link_down() = 0;
  };

  static constexpr std::string_view kControl = "control";
  static constexpr std::string_view kAllEvents = "events:*";  // a pattern: every account's

  // `url` is a REDIS_URL that can be read.
  Subscriber(Loop& loop, const std::string& url, Listener& listener);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  void start() { connect(); }
  // Those that come together go to Redis in one command, before the loop waits.
  void subscribe(const std::string& channel);
  void unsubscribe(const std::string& channel);
  bool up() const { return up_; }
  // Whether Redis has sent more than was read.
  bool has_more() const;

 private:
  enum class State { kAsked, kOn, kLeaving };
  struct Channel {
    State state = State::kAsked;
    bool wanted = true;
  };
  struct Callbacks;  // what hiredis calls

  void connect();
  void connected();
  void lost();
  void drop();
  void watch();
  enum class Verb { kSubscribe, kUnsubscribe };
  void send(Verb verb, const std::vector<std::string>& channels);
  void send(const char* verb, const std::vector<std::string>& channels);
  void send_command(const std::vector<std::string>& command);
  void send_gathered();
  void introduce();
  void refused(std::string_view why);
  void confirmed(const std::string& channel);
  void left(const std::string& channel);

  Loop& loop_;
  RedisAddress address_;
  Listener& listener_;
  redisAsyncContext* context_ = nullptr;
  bool linked_ = false;  // commands may be sent
  bool up_ = false;      // `control` is confirmed
  std::unordered_map<std::string, Channel> channels_;
  std::vector<std::string> gathered_;  // to be subscribed when the loop waits
  std::chrono::milliseconds backoff_{0};
  std::chrono::steady_clock::time_point heard_at_{};
  Timer reconnect_;
  Timer watchdog_;
  BeforeWait before_wait_;
};

}  // namespace dundun
