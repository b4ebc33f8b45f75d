// Takes a message to one of its carriers: the first in order that is set up, whose breaker lets
// messages through and whose limits have room. If that carrier certainly did not take the message,
// the next one is asked.
//
// A carrier is recorded as the possible holder before it is asked: the first one with the claim,
// each next one by a `rerouted` event that the journal commits under the claim. So nothing is sent
// twice, whatever dies: recovery knows the only carrier that may have a message, and asks no other.
// After a possible acceptance (kUnknown) no other carrier is asked.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "common/carrier/breaker.h"
#include "common/carrier/carriers.h"
#include "common/carrier/connector.h"
#include "common/carrier/pace.h"
#include "common/journal/journal.h"

namespace dundun {

// Thread-safe.
class CarrierRouter final : public Connector {
 public:
  CarrierRouter(Carriers& carriers, Breakers& breakers, Pace& pace, Journal& journal)
      : carriers_(carriers), breakers_(breakers), pace_(pace), journal_(journal) {}

  // The carrier to record as the one that is asked first; empty: no carrier can take it now.
  std::string first_carrier(const Submission& submission) const;
  // The submission must name the carrier that was recorded.
  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override;
  // Of the carrier that the submission names.
  bool deduplicates(const Submission& submission) const override;

  // From now on no message goes from one carrier to the next. Waits for reroutes under way. An
  // answer that comes later is passed on as it is. After this, the carriers may be destroyed, and
  // the breakers last.
  void stop();

 private:
  struct Trip;
  void ask(const std::shared_ptr<Trip>& trip);
  SubmitOutcome nobody(const Submission& submission) const;
  // nullopt: the message has its share of the throughput and may leave.
  std::optional<SubmitOutcome> paced(Trip& trip);
  void settle(const std::shared_ptr<Trip>& trip, SubmitOutcome outcome);
  std::optional<std::string> next_carrier(const Trip& trip) const;
  // False: stop() was called. Each begin_reroute() that returns true needs one end_reroute().
  bool begin_reroute();
  void end_reroute();
  void reroute(const std::shared_ptr<Trip>& trip, const std::string& to);
  bool lets_through(const std::string& carrier) const;

  Carriers& carriers_;
  Breakers& breakers_;
  Pace& pace_;
  Journal& journal_;
  std::mutex mutex_;
  std::condition_variable rerouted_;
  int rerouting_ = 0;
  bool stopping_ = false;
};

}  // namespace dundun
