// Makes the messages of campaigns and submits them. A chunk of messages and the move of the cursor
// are one transaction, so every recipient gets exactly one message, whatever dies. Campaigns take
// turns, and share the spare throughput of a limited route in small slices.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/campaign/contact_pages.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/departure.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

class CampaignJob {
 public:
  CampaignJob(const Config& config, Pg& pg, Journal& journal, Carriers& carriers,
              CarrierRouter& router, Pace& pace)
      : config_(config),
        pg_(pg),
        journal_(journal),
        carriers_(carriers),
        router_(router),
        pace_(pace) {}

  // One round over the campaigns that are due. Gives the time until the next round, at most 50 ms.
  std::chrono::milliseconds run();
  // Waits until the carriers and the journal have taken what was made.
  void finish();

 private:
  // A campaign's frozen plan, read once.
  struct Plan {
    std::string source;
    std::string currency;
    FxRate wallet_rate = 0;
    struct List {
      int64_t list_id;
      std::string skipped;
      Template text;
    };
    std::vector<List> lists;
    struct By {
      CampaignRoute route;
      size_t lane = 0;
    };
    std::map<std::string, By, std::less<>> routes;  // by country
    std::optional<CampaignWindow> window;
    std::optional<Instant> not_after;
    // The countries of each time zone go through the lists by themselves, in their own hours.
    // Without a window there is one lane for all.
    std::vector<std::string> lanes;
    bool is_done(const CampaignCursor& cursor) const {
      return cursor.list_position >= static_cast<int32_t>(lists.size());
    }
  };
  // A claimed campaign, as this job works on it.
  struct Running {
    int64_t account_id;
    Uuid campaign_id;
    Environment environment;
    CampaignCursors cursors;
    int32_t drip_rate;  // 0: as fast as it goes
    Instant due;
    Instant at;  // PostgreSQL's clock at the claim
    AccountStatus account;
  };
  // A lane that has messages to make and is open.
  struct OpenLane {
    size_t lane;
    std::optional<Instant> closes;  // none: there is no window
  };
  struct Lanes {
    std::vector<OpenLane> open;  // what closes first stands first
    std::optional<Instant> next_opens;
  };
  struct Chunk {
    size_t lane = 0;
    std::optional<Instant> closes;
    std::vector<AcceptMessage> messages;
    CampaignCursor to;
    // How long the lane must wait, if the chunk is short because the route or the carrier of the
    // next message has nothing spare, or no carrier can take it.
    std::chrono::microseconds wait{0};
    // As it is now, for each country, and who has opted out since the campaign was accepted.
    std::map<std::string, Departure, std::less<>> departures;
    std::set<std::string> opted_out;  // phones
    Departure departure_of(const AcceptMessage& message) const;
  };

  // A turn: a drip makes what its rate allows by now; the others a few chunks, or until a route
  // has nothing to spare.
  struct Turn {
    int chunks;
    int64_t most;      // messages a chunk
    Instant next_due;  // of the campaign, after a chunk
  };
  static Turn turn_of(const Running& running);
  // One turn. Gives how long the campaign must wait for its window or route.
  std::chrono::milliseconds work_on(Running running);
  bool is_busy() const;
  // Zero: the message has its carrier, and its segments are taken from the throughput of the
  // carrier and the route.
  std::chrono::microseconds take_share(AcceptMessage& message);
  Result<std::shared_ptr<const Plan>> plan_of(const Running& running);
  Result<std::shared_ptr<const Plan>> read_plan(const Running& running);
  Result<Lanes> lanes_now(const Running& running, const Plan& plan);
  // Makes messages of the open lanes. Gives how long the campaign must wait then.
  Result<std::chrono::milliseconds> work_through(Running& running, const Plan& plan, Lanes lanes);
  // What is not made comes back.
  void end(const Running& running, CampaignStep step);
  void await_commits() const;
  // The next messages of a lane, at most `most`.
  Result<Chunk> next_chunk(const Running& running, const Plan& plan, const OpenLane& lane,
                           int64_t most);
  // Adds the messages for the contacts after the chunk's cursor; false: the chunk ends here.
  Result<bool> add_page(const Running& running, const Plan& plan, int64_t most, Chunk& chunk);
  Result<AcceptMessage> message_for(const Running& running, const Plan& plan, const Template& text,
                                    const Contact& contact, const Plan::By& by);
  void commit(const Running& running, const Plan& plan, Chunk chunk, Instant next_due);
  Status look_at_departures(const Running& running, Chunk& chunk);
  void submit(const Chunk& chunk, const CommitResult& result);
  void record(AdvanceMessage change);

  const Config& config_;
  Pg& pg_;
  Journal& journal_;
  Carriers& carriers_;
  CarrierRouter& router_;
  Pace& pace_;
  std::map<std::string, int64_t> shares_;  // bucket -> segments taken from it and not used yet
  std::map<Uuid, std::shared_ptr<const Plan>> plans_;
  std::string rendered_;
  std::atomic<int> outstanding_{0};  // messages whose submit is not recorded yet
  std::atomic<int> unanswered_{0};   // those of them that a carrier has not answered yet
  std::atomic<int> uncommitted_{0};  // chunks
};

}  // namespace dundun
