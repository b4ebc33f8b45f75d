// Calls customers' webhooks. One thread works on many endpoints at once. It holds the lanes of some
// (table webhook_lanes: a token and a lease), makes at most per_endpoint_max calls at once to each
// over kept connections, and records the outcomes. A slow or dead endpoint holds up its own lane
// only.
//
// Any number of schedulers may run: a lane has one owner at a time, and a record needs the lane's
// token. A call whose record is lost is made again with the same id: at least once.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/base/config.h"
#include "common/io/http_multi.h"
#include "common/io/pg.h"
#include "common/io/resolver.h"
#include "common/webhooks/call.h"

namespace dundun {

class WebhookJob {
 public:
  // `rules` and `config` outlive the job.
  WebhookJob(const Config& config, const OutboundRules& rules, Pg& pg, Resolver::Lookup lookup);

  // One round: takes lanes, starts calls, waits at most `patience` for answers, records them.
  void run(std::chrono::milliseconds patience);
  // Starts no more calls, and gives up each lane when its calls are answered or have timed out.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  using LaneKey = std::pair<int64_t, Uuid>;  // account, endpoint

  struct Delivery {
    Uuid delivery_id;
    int failures = 0;
    bool is_app = false;
    std::string body, url, sealed;
    std::vector<std::string> sealed_old;  // base64
    std::optional<Uuid> trace_id;         // of the message's
  };
  struct Lane {
    std::deque<Delivery> backlog;
    std::unordered_set<Uuid, UuidHash> in_hand;  // backlog, in flight, or not yet recorded
    int in_flight = 0;
    int failures = 0;                   // in a row
    std::chrono::milliseconds hold{0};  // pause that the endpoint asked for; not yet written
    bool exhausted = false;             // nothing more was due when last asked
    bool closed = false;                // its endpoint is off
    bool changed = false;               // `failures` or `hold` must be written
    Clock::time_point next_fetch{};
    Clock::time_point lease_end{};
  };
  struct InFlight {
    LaneKey lane;
    Delivery delivery;
  };
  struct KeptLane {
    LaneKey key;
    bool ends;
  };
  struct Outcome {
    LaneKey lane;
    Uuid delivery_id;
    Verdict verdict;
    OutboundReply reply;
  };

  void raise_floor();
  void take_lanes();
  void fetch();
  void add(const PgRows& rows, int row);
  void drain_closed();
  void start_calls();
  // False: the host's name is being looked up; try later.
  // None: the signing secret cannot be read.
  std::optional<WebhookSecrets> open_secrets(int64_t account_id, const Delivery& delivery) const;
  bool start_call(const LaneKey& key, Lane& lane, const Delivery& delivery);
  void settle(const LaneKey& key, const Delivery& delivery, OutboundReply reply);
  void record();
  Pg::Call record_call() const;
  static void put_back(Lane& lane);
  bool let_go(const Lane& lane) const;
  int per_lane_max() const;
  std::vector<KeptLane> lanes_to_keep() const;
  Pg::Call keep_call(const std::vector<KeptLane>& kept) const;
  void carry_on(const PgRows& answer, const std::vector<KeptLane>& kept, Clock::time_point since);
  void disable(const std::vector<std::pair<LaneKey, const char*>>& endpoints);

  const Config& config_;
  const OutboundRules& rules_;
  Pg& pg_;
  HttpMulti http_;
  Resolver resolver_;
  Uuid token_;
  std::map<LaneKey, Lane> lanes_;
  std::unordered_map<uint64_t, InFlight> in_flight_;
  std::vector<Outcome> outcomes_;
  uint64_t next_tag_ = 0;
  Clock::time_point next_take_{};
  Instant floor_{};  // nothing that waits is from before it
  Clock::time_point next_floor_{};
  Clock::time_point next_whole_look_{};  // below the floor too
  bool stopping_ = false;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace dundun
