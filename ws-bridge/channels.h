// Decides which socket gets which events: the Redis channels of connected accounts, the audiences
// of each, and what they missed while the link to Redis was down.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/config.h"
#include "common/base/metrics.h"
#include "common/sms/environment.h"
#include "ws-bridge/event.h"
#include "ws-bridge/replays.h"
#include "ws-bridge/stream_reader.h"
#include "ws-bridge/subscriber.h"

namespace dundun {

class Session;

// Whose events a socket hears.
struct Subscription {
  int64_t account_id = 0;
  Environment environment = Environment::kLive;
  std::string tenant_id{};
  std::string app_id{};    // of a key of the second dialect, or empty
  bool hears_all = false;  // the events of all accounts
  bool operator==(const Subscription&) const = default;
};

// The sockets with the same filter: their frames are made once.
struct Audience {
  Filter filter;
  std::vector<Session*> listeners;
};

// There is one for each account that listens: it counts in what a socket costs.
struct EventChannel {
  std::string_view name;    // events:{42}:live, or the pattern of all of them: its key in the map
  bool has_stream = false;  // which keeps its events in one order (event_stream() names it)
  std::string tenant_id;
  int members = 0;
  std::list<Audience> audiences;
  std::vector<Session*> waiting;  // until the channel is subscribed
  bool heard = false;             // subscribed now
  bool was_heard = false;         // was subscribed before
  StreamId announced;             // the stream place of the events that come next
  // The place up to which the audiences were served; nullopt: unknown.
  std::optional<StreamId> position;
  // Catch-up served up to here; these are skipped when pub/sub repeats them.
  std::optional<StreamId> skip_until;
  bool catching_up = false;
  int beginnings = 0;  // how often the stream is known to have been started again
  // Sessions whose replay has reached the stream's end: they listen from the next entry on.
  std::vector<std::pair<StreamId, Session*>> ahead;
  // Entries heard while a session replays or the channel catches up; all after `recent_floor`.
  std::list<StreamEntry> recent;
  size_t recent_bytes = 0;
  StreamId recent_floor;
  int replays = 0;
};

// Where a session listens.
struct Seat {
  EventChannel* channel = nullptr;
  Audience* audience = nullptr;  // null: not yet
  size_t index = 0;              // in its listeners
};

class Channels : private Subscriber::Listener {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_control() = 0;  // keys or sessions may have changed
    virtual void want_tenant(int64_t account_id) = 0;
  };
  Channels(Loop& loop, const Config& config, Owner& owner);

  void start() { subscriber_.start(); }
  bool up() const { return subscriber_.up(); }
  bool has_more() const { return subscriber_.has_more(); }

  struct Wish {
    EventKinds kinds;
    std::optional<Uuid> resume_from;
  };
  // Calls the session's joined() as soon as it cannot miss an event of its account any more. While
  // Redis is down it is called at once, because waiting would look like a hang.
  void join(Session& session, const Subscription& subscription, const Wish& wish);
  void leave(Session& session);
  // The session's queue is empty: all its frames are sent.
  void drained(const Session& session) { replays_.drained(session); }
  void tenant_known(int64_t account_id, const std::string& tenant_id);

  // For replays.
  void serve_to(Session& session, std::string_view events);
  void listen_after(Session& session, StreamId place);
  void resync(Session& session);
  static void begin_replay(EventChannel& channel);
  static void end_replay(EventChannel& channel);

 private:
  void on_message(std::string_view channel, std::string_view payload) override;
  void on_pattern_message(std::string_view channel, std::string_view payload) override;
  void on_subscribed(std::string_view channel) override;
  void on_link_up() override;
  void on_link_down() override;

  struct Newcomer {
    Filter filter;
    std::optional<Uuid> resume_from;
  };
  EventChannel& open(const Subscription& subscription);
  void admit(Session& session);
  void listen(Session& session);
  void hear(EventChannel& channel, StreamId id, std::string_view events);
  void deliver(EventChannel& channel, StreamId id, std::string_view events);
  void serve_audiences(EventChannel& channel, std::string_view events, std::string_view tenant_id);
  static void keep_recent(EventChannel& channel, StreamId id, std::string_view events);
  static void forget_recent(EventChannel& channel);
  void find_position(EventChannel& channel);
  void catch_up(EventChannel& channel);
  void caught_page(EventChannel& channel, const std::vector<StreamEntry>& page);
  void end_catch_up(EventChannel& channel);
  void resync_all(EventChannel& channel);
  void serve_admins();

  Owner& owner_;
  std::map<std::string, EventChannel, std::less<>> channels_;
  std::map<const Session*, Newcomer> newcomers_;  // until they listen
  std::map<int64_t, std::string> tenants_;        // those that admins needed so far
  // Events for admins that wait until their tenant is known.
  std::deque<std::pair<int64_t, std::string>> held_for_admins_;
  size_t held_bytes_ = 0;

  Counter& deliveries_;
  Counter& resyncs_;
  StreamReader reader_;
  Replays replays_;
  Timer retry_;
  Subscriber subscriber_;
};

}  // namespace dundun
