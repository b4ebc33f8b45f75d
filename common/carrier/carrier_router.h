// Takes a message to one of its carriers: the first of its order that is set up, lets something
// through and has room; from one that certainly did not take it to the next.
//
// Nobody is asked who is not written down as the one who may have it: the first with the claim,
// each next one by a `rerouted` event that the journal commits, under the claim, before it is
// asked. So nothing is sent twice, whatever dies: recovery knows the only carrier that may have a
// message, and asks no other. After a possible acceptance (kUnknown) there is no next one.
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

  // Who is to be written down as the one who is asked first; empty: nobody could take it now.
  std::string first_carrier(const Submission& submission) const;
  // The submission must name the carrier that was written down.
  void submit(const Submission& submission, std::function<void(SubmitOutcome)> done) override;
  // Of the carrier that it names.
  bool deduplicates(const Submission& submission) const override;

  // From now on no message goes from one carrier to the next; waits for those on their way. What a
  // carrier answers later is handed on as it is. The carriers may go after this, the breakers last.
  void stop();

 private:
  struct Trip;
  void ask(const std::shared_ptr<Trip>& trip);
  SubmitOutcome nobody(const Submission& submission) const;
  // nullopt: it has its share of the throughput.
  std::optional<SubmitOutcome> paced(Trip& trip);
  void settle(const std::shared_ptr<Trip>& trip, SubmitOutcome outcome);
  std::optional<std::string> next_carrier(const Trip& trip) const;
  // False: it is too late for that. What begins must end.
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
