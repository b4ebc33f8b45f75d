// All sockets of this process: who hears which channel, who is counted where, and the lookups
// that let them in and throw them out.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/config.h"
#include "common/base/metrics.h"
#include "ws-bridge/key_lookup.h"
#include "ws-bridge/loop.h"
#include "ws-bridge/session.h"
#include "ws-bridge/settings.h"
#include "ws-bridge/subscriber.h"

namespace dundun {

struct EventChannel {
  std::string name;  // events:{account}:live
  int64_t account_id;
  std::vector<Session*> listeners;
};

// At most one lookup runs at a time, so that whatever a finished one said is applied before the
// next reads: a key revoked while it is being checked cannot slip past the recheck.
class Hub : private Subscriber::Listener {
 public:
  Hub(Loop& loop, const BridgeSettings& settings, const Config& config);
  ~Hub();  // waits for a lookup under way
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  const BridgeSettings& settings() const { return settings_; }

  // For the server.
  enum class Admission { kWelcome, kTooManyFromAddress, kShuttingDown };
  Admission may_enter(const std::string& address) const;
  Session& enter(Socket& socket, std::string address);
  void exit(Session& session);
  // Says goodbye to everybody, then stops the loop.
  void shut_down();

  // For sessions.
  void ask(const Session& session, const Credential& credential);
  [[nodiscard]] bool join(Session& session, const Grant& grant);  // false: account has too many
  void leave(Session& session);
  // True also while Redis is away: then waiting would only look like a hang.
  bool can_hear(const Session& session) const;
  void count_ignored() { ignored_.add(); }
  void count_overflow() { dropped_.add(); }

 private:
  struct Question {
    uint64_t session_id;
    Credential credential;
  };
  struct Job {
    std::vector<Question> questions;
    KeyLookup::Batch batch;
    KeyLookup::Verdicts verdicts;
  };

  void on_message(std::string_view channel, std::string_view payload) override;
  void on_subscribed(std::string_view channel) override;
  void on_link_up() override;
  void on_link_down() override;

  void want_recheck();
  void start_lookup();
  void finish_lookup(const Job& job);
  void tick();
  void report() const;

  Loop& loop_;
  const BridgeSettings settings_;
  const Config config_;
  KeyLookup lookup_;
  std::unordered_map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::map<std::string, EventChannel, std::less<>> channels_;
  std::unordered_map<std::string, int> per_address_;
  std::unordered_map<int64_t, int> per_account_;
  uint64_t next_id_ = 1;

  std::vector<Question> questions_;
  bool lookup_running_ = false;
  bool recheck_wanted_ = false;
  Session::Clock::time_point recheck_not_before_{};
  Session::Clock::time_point recheck_due_at_;
  bool shutting_down_ = false;
  Session::Clock::time_point shut_down_at_{};

  Gauge& connections_;
  Gauge& redis_up_;
  Counter& deliveries_;
  Counter& dropped_;
  Counter& ignored_;

  Timer tick_timer_;
  Timer recheck_timer_;
  Timer shutdown_timer_;
  Subscriber subscriber_;
};

}  // namespace dundun
