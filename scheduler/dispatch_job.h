// Claims messages that are due or were interrupted, and submits them.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/base/config.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/departure.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "scheduler/due_index.h"
#include "scheduler/look_back.h"

namespace dundun {

class DispatchJob {
 public:
  DispatchJob(const Config& config, Pg& pg, Journal& journal, CarrierRouter& router,
              DueIndex& due_index)
      : config_(config), pg_(pg), journal_(journal), router_(router), due_index_(due_index) {}

  // One round. Gives the time until the next message is due, at most 50 ms.
  std::chrono::milliseconds run();
  // Waits until the carriers and the journal have taken what was claimed.
  void finish();

 private:
  // The messages of a claim, for the due index to forget.
  std::vector<DueIndex::Hint> members_of(const PgRows& rows);
  void claim_hinted(const DueIndex::Look& look);
  void sweep_due();
  bool sweep_interrupted();  // true: there were some
  // Messages that cannot be submitted now come back when the claims' leases end.
  void submit(const std::vector<Uuid>& tokens);
  void drop_empty(const std::vector<Uuid>& tokens, const std::map<Uuid, int>& open);
  // What is known of a message's claim.
  struct Timing {
    int stalled = 0;  // recoveries in a row in which nothing of the claim moved
    std::chrono::seconds claimed_for{0};
    bool recovered = false;
  };
  struct Claimed {
    Submission submission;
    Timing timing;
    Departure departure;
    size_t place;  // among the claim's messages
    size_t claim_size;
  };
  static Departure departure_of(const PgRows& rows, int row);
  std::vector<Claimed> read_claimed(const PgRows& rows, const std::map<Uuid, int>& open);
  // Records the carrier of each message. Gives the claims for which that failed.
  std::set<Uuid> choose_carriers(std::vector<Claimed>& claimed);
  void submit_one(const Claimed& claimed);

  using Clock = std::chrono::steady_clock;
  const Config& config_;
  Pg& pg_;
  Journal& journal_;
  CarrierRouter& router_;
  DueIndex& due_index_;
  Clock::time_point next_sweep_{};
  Clock::time_point next_recovery_{};
  LookBack sweep_back_, recovery_back_;
  bool recovered_ = false;  // the last look for interrupted claims found some
  std::atomic<int> outstanding_{0}, recovering_{0};
};

}  // namespace dundun
