// All sockets of this process: their channels, their counts by address and account, and the
// look-ups that let them in and end them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/bridge_settings.h"
#include "common/base/config.h"
#include "common/base/metrics.h"
#include "common/identity/gate.h"
#include "ws-bridge/channels.h"
#include "ws-bridge/key_lookup.h"
#include "ws-bridge/loop.h"
#include "ws-bridge/session.h"

namespace dundun {

// At most one look-up runs at a time, so the verdicts of one are applied before the next one reads.
// So a key that is revoked while it is being checked cannot escape the recheck.
class Hub : private Channels::Owner {
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
  bool has_more() const { return channels_.has_more(); }
  // Closes all sockets, then stops the loop.
  void shut_down();

  // For sessions.
  void ask(const Session& session, const Credential& credential);
  // False: the account has too many sockets. Otherwise joined() is called, now or later.
  [[nodiscard]] bool join(Session& session, const Subscription& subscription,
                          const Channels::Wish& wish);
  void leave(Session& session);
  void drained(const Session& session) { channels_.drained(session); }
  void count_wrong_key(const Session& session);
  void count_ignored() { ignored_.add(); }
  void count_overflow() { dropped_.add(); }

 private:
  struct Question {
    uint64_t session_id;
    Credential credential;
  };
  struct Job {
    std::vector<Question> questions;
    std::set<Credential> rechecked;  // of sockets that are open
    KeyLookup::Verdicts verdicts;
    std::set<int64_t> nameless;
    std::map<int64_t, std::string> tenants;
  };

  void on_control() override { want_recheck(); }
  void want_tenant(int64_t account_id) override;

  void want_recheck();
  void start_lookup();
  void finish_lookup(const Job& job);
  void tick();
  void tick_some(Session::Clock::time_point now);
  void report() const;

  Loop& loop_;
  const BridgeSettings settings_;
  const Config config_;
  KeyLookup lookup_;
  std::unordered_map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::unordered_map<std::string, int> per_address_;
  std::unordered_map<int64_t, int> per_account_;
  uint64_t next_id_ = 1;
  size_t next_bucket_ = 0;  // of sessions_, for tick_some()
  int ticks_ = 0;

  LocalLimits wrong_keys_;
  std::vector<Question> questions_;
  std::set<int64_t> nameless_;  // accounts whose tenant is asked for
  bool lookup_running_ = false;
  bool recheck_wanted_ = false;
  Session::Clock::time_point recheck_not_before_{};
  Session::Clock::time_point recheck_due_at_;
  bool shutting_down_ = false;
  Session::Clock::time_point shut_down_at_{};

  Gauge& connections_;
  Gauge& redis_up_;
  Counter& dropped_;
  Counter& ignored_;

  Timer tick_timer_;
  Timer recheck_timer_;
  Timer shutdown_timer_;
  Channels channels_;
};

}  // namespace dundun
