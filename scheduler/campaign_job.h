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
    // With a window the lists are gone through once for each time zone, beginning with the zone
    // that opens first. So the campaign waits as a whole, and the messages that it has made have
    // left. Without a window there is one lane for all countries.
    std::vector<std::string> lanes;
  };
  // A claimed campaign, as this job works on it.
  struct Running {
    int64_t account_id;
    Uuid campaign_id;
    Environment environment;
    CampaignCursor cursor;
    int32_t drip_rate;  // 0: as fast as it goes
    Instant due;
    Instant at;  // PostgreSQL's clock at the claim
  };
  struct Chunk {
    std::vector<AcceptMessage> messages;
    CampaignCursor to;
    bool finished = false;
    // How long the campaign must wait, if the chunk is short because the window is closed, the
    // route or the carrier of the next message has nothing spare, or no carrier can take it.
    std::chrono::microseconds wait{0};
    std::set<std::string> opted_out;  // phones, since the campaign was accepted
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
  Result<std::chrono::milliseconds> window_wait(const Running& running, const Plan& plan);
  void expire(const Running& running);
  void await_commits() const;
  // The next messages, at most `most`, of one lane.
  Result<Chunk> next_chunk(const Running& running, const Plan& plan, int64_t most);
  // Adds the messages for the contacts after the chunk's cursor; false: the chunk ends here.
  Result<bool> add_page(const Running& running, const Plan& plan, int64_t most, Chunk& chunk);
  Result<AcceptMessage> message_for(const Running& running, const Plan& plan, const Template& text,
                                    const Contact& contact, const Plan::By& by);
  void commit(const Running& running, Chunk chunk, Instant next_due);
  Result<std::set<std::string>> opted_out_among(const Running& running,
                                                const std::vector<AcceptMessage>& messages);
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
