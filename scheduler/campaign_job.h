// Makes the messages of campaigns and submits them: chunk by chunk, each with the move of the
// cursor in one transaction, so that every recipient gets one whatever dies.
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
#include "common/io/pg.h"
#include "common/journal/journal.h"

namespace dundun {

class CampaignJob {
 public:
  CampaignJob(const Config& config, Pg& pg, Journal& journal, Connector& connector)
      : config_(config), pg_(pg), journal_(journal), connector_(connector) {}

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
    std::set<std::string> opted_out;  // phones, since the campaign was accepted
  };

  void work_on(Running running);
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
  std::map<Uuid, std::shared_ptr<const Plan>> plans_;
  std::string rendered_;
  std::atomic<int> outstanding_{0};  // submits whose outcome is not recorded yet
  std::atomic<int> uncommitted_{0};  // chunks
};

}  // namespace dundun
