// Fetches reports and texts from carriers that cannot call us (docs/http-carriers.md). A carrier
// gives each only once, so before every question its row says that something may be lost, until the
// answer is on record. Where that stands at the next question, the carrier's log is read.
#pragma once

#include <chrono>
#include <string>

#include "common/base/config.h"
#include "common/carrier/http/description.h"
#include "common/io/http_poster.h"
#include "common/io/pg.h"
#include "scheduler/inbound_taker.h"

namespace dundun {

class PollJob {
 public:
  PollJob(const Config& config, Pg& pg, InboundTaker& taker);

  // At most once a second. Blocks for calls.
  void run();

 private:
  enum class What { kReceipts, kTexts };
  struct Subject {
    const std::string& carrier;
    const HttpDescription& description;
    What what;
    const CarrierPoll& poll() const;
    const char* name() const;  // of the column
  };
  // What an answer held.
  struct Taken {
    size_t items = 0;
    bool is_full(const CarrierPoll& poll) const;
  };
  void poll_carrier(const std::string& carrier, const std::string& settings);
  void poll(const Subject& subject);
  Status ask(const Subject& subject);
  // From `since` on; not always to the end in one round.
  Status ask_again(const Subject& subject, Instant since);
  // nullopt: the carrier answered, and gave nothing.
  Result<std::optional<Taken>> fetch(const Subject& subject, const HttpRequestForm& question,
                                     const PlaceholderValues& values);
  Result<Taken> take(const Subject& subject, const CarrierDocument& document);
  Status take_receipts(const Subject& subject, const CarrierDocument& document);
  Status take_texts(const Subject& subject, const CarrierDocument& document);
  static void note_failure(const Subject& subject, std::string_view why);
  HttpOutcome call(const HttpDescription& description, HttpCall http);

  using Clock = std::chrono::steady_clock;
  const Config& config_;
  Pg& pg_;
  InboundTaker& taker_;
  Clock::time_point next_{};
  HttpPoster open_internet_, everywhere_;  // last: their threads use the others
};

}  // namespace dundun
