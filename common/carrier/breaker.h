// A circuit breaker for each carrier. It opens when too many of the last submits failed; then the
// carrier is not asked. After a time one submit may try (half-open). Its outcome closes the breaker
// or opens it again.
//
// Each process counts for itself and tells the others through Redis. The right to make the probe is
// taken in Redis too, so that all hosts together make one at a time. Without Redis each process
// goes by what it knows itself.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"
#include "common/base/time.h"
#include "common/carrier/connector.h"
#include "common/io/redis.h"

namespace dundun {

enum class BreakerState { kClosed, kOpen, kHalfOpen };
std::string_view breaker_state_name(BreakerState state);  // closed, open, half_open

// What processes tell each other. The newest word counts.
struct BreakerWord {
  bool open = false;
  Instant at{};            // when the breaker opened or closed
  Instant until{};         // of an open one: when a probe may go
  Instant failed_at{};     // when it last opened; zero: never
  std::string last_error;  // why
};

// What a submit's outcome says of the carrier.
enum class CarrierHealth { kWell, kUnwell, kSilent };
CarrierHealth health_of(const SubmitOutcome& outcome);

// One carrier's, in this process. Not thread-safe; knows neither a clock nor Redis.
class Breaker {
 public:
  explicit Breaker(const BreakerConfig& config) : config_(config) {}

  struct Permit {
    bool probe = false;
    int64_t turn = 0;  // counts openings and closings: an answer from an earlier turn is ignored
  };
  // False while the breaker is open, and while a probe is under way.
  bool lets_through(Instant at) const;
  // The same for messages that do not leave yet. Half-open: true for one message in a while.
  bool offers(Instant at);
  // Permits one submit. Half-open: this submit is the probe.
  std::optional<Permit> admit(Instant at);
  // The probe is not made after all; the next may be made from `at` on.
  void take_back(const Permit& permit, Instant at);
  // True if the breaker opened or closed: then word() is to be published.
  bool report(const Permit& permit, CarrierHealth health, std::string_view error, Instant at);
  // Takes over another process's word.
  void hear(const BreakerWord& word);
  const BreakerWord& word() const { return word_; }

 private:
  void turn(bool open, Instant at);
  bool too_many_failed(Instant at) const;

  struct Outcome {
    Instant at;
    bool failed;
  };
  const BreakerConfig& config_;
  BreakerWord word_;
  int64_t turn_ = 0;
  Instant next_probe_{};           // while it is half-open
  Instant next_offer_{};           // the same
  std::vector<Outcome> outcomes_;  // the last config.sample, in a ring
  size_t next_ = 0;
};

// The breakers of all carriers. Thread-safe.
class Breakers {
 public:
  explicit Breakers(const Config& config);

  bool lets_through(const std::string& carrier);  // now; takes nothing
  bool offers(const std::string& carrier);
  std::optional<Breaker::Permit> admit(const std::string& carrier);
  void report(const std::string& carrier, const Breaker::Permit& permit,
              const SubmitOutcome& outcome);
  // The words in Redis about these carriers; empty without Redis.
  std::map<std::string, BreakerWord> words(const std::vector<std::string>& carriers);
  // Takes over those words. Call it again and again.
  void refresh(const std::vector<std::string>& carriers);

 private:
  Breaker& of(const std::string& carrier);  // under mutex_
  bool take_probe(const std::string& carrier);
  void publish(const std::string& carrier, const BreakerWord& word);

  const BreakerConfig config_;
  std::mutex mutex_;
  std::map<std::string, Breaker> breakers_;
  std::mutex redis_mutex_;
  Redis redis_;
};

// The state that a word means at this moment.
BreakerState state_of(const BreakerWord& word, Instant at);

}  // namespace dundun
