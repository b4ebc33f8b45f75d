// Makes the messages of campaigns and submits them: chunk by chunk, each with the move of the
// cursor in one transaction, so that every recipient gets one whatever dies. Campaigns take turns,
// and share what a limited route has to spare in small slices.
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
#include "common/carrier/connector.h"
#include "common/carrier/pace.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

class CampaignJob {
 public:
  CampaignJob(const Config& config, Pg& pg, Journal& journal, Connector& connector, Pace& pace)
      : config_(config), pg_(pg), journal_(journal), connector_(connector), pace_(pace) {}

  // One round over the campaigns that are due; the time until the next, at most 50 ms.
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
    std::map<std::string, CampaignRoute, std::less<>> routes;  // by country
  };
  // A claimed campaign as this job moves it on.
  struct Running {
    int64_t account_id;
    Uuid batch_id;
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
    // Why it is short: the route of the next message has nothing to spare for so long.
    std::chrono::microseconds route_wait{0};
    std::set<std::string> opted_out;  // phones, since the campaign was accepted
  };

  // A turn; how long the campaign must wait for its route.
  std::chrono::milliseconds work_on(Running running);
  bool is_busy() const;
  void refresh_limits();
  // Zero: the message's segments are taken from its route's throughput.
  std::chrono::microseconds take_share(const AcceptMessage& message);
  Result<std::shared_ptr<const Plan>> plan_of(const Running& running);
  Result<std::shared_ptr<const Plan>> read_plan(const Running& running);
  // The next messages, at most `most`.
  Result<Chunk> next_chunk(const Running& running, const Plan& plan, int64_t most);
  Result<AcceptMessage> message_for(const Running& running, const Plan& plan, const Template& text,
                                    const Contact& contact);
  void commit(const Running& running, Chunk chunk, Instant next_due);
  Result<std::set<std::string>> opted_out_among(const Running& running,
                                                const std::vector<AcceptMessage>& messages);
  void submit(const Chunk& chunk, const Receipt& receipt);
  void record(AdvanceMessage change);

  const Config& config_;
  Pg& pg_;
  Journal& journal_;
  Connector& connector_;
  Pace& pace_;
  struct Share {
    int segments_per_s;
    int64_t left = 0;  // taken from the pace and not used yet
  };
  std::map<std::string, Share, std::less<>> shares_;  // of the routes that have a limit
  std::chrono::steady_clock::time_point limits_due_{};
  std::map<Uuid, std::shared_ptr<const Plan>> plans_;
  std::string rendered_;
  std::atomic<int> outstanding_{0};  // messages whose submit is not recorded yet
  std::atomic<int> unanswered_{0};   // of them, with a carrier
  std::atomic<int> uncommitted_{0};  // chunks
};

}  // namespace dundun
