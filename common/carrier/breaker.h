// A circuit breaker per carrier. It opens when too many of the last submits failed; nobody asks the
// carrier then. After a time one submit may try (half-open): its outcome closes the breaker or
// opens it again.
//
// Each process counts for itself. What it finds it tells the others through Redis, and there the
// probe is taken too, so that all hosts together make one at a time; without Redis each process
// goes by what it knows.
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

// What processes tell each other; the newest word counts.
struct BreakerWord {
  bool open = false;
  Instant at{};            // when it turned
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
    int64_t turn = 0;  // of the breaker: an answer from before it turned says nothing any more
  };
  // False while it is open, and while a probe is under way.
  bool lets_through(Instant at) const;
  // The same for messages that do not leave yet: half-open, for one in a while.
  bool offers(Instant at);
  // Half-open, this is the probe.
  std::optional<Permit> admit(Instant at);
  // The probe does not take place after all; the next may from `at` on.
  void take_back(const Permit& permit, Instant at);
  // True when it turned: word() is news.
  bool report(const Permit& permit, CarrierHealth health, std::string_view error, Instant at);
  // Another process's word.
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

// Those of all carriers. Thread-safe.
class Breakers {
 public:
  explicit Breakers(const Config& config);

  bool lets_through(const std::string& carrier);  // now; takes nothing
  bool offers(const std::string& carrier);
  std::optional<Breaker::Permit> admit(const std::string& carrier);
  void report(const std::string& carrier, const Breaker::Permit& permit,
              const SubmitOutcome& outcome);
  // What processes say of these carriers; without Redis nothing.
  std::map<std::string, BreakerWord> words(const std::vector<std::string>& carriers);
  // Listens to that; every second.
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

// What a word means now.
BreakerState state_of(const BreakerWord& word, Instant at);

}  // namespace dundun
