// Many HTTP calls at once on one thread (libcurl's multi interface), for callers that must not
// wait. A call is never sent twice, not even if a kept connection turns out to be dead.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/io/http_client.h"

namespace dundun {

struct HttpOutcome {
  enum class Kind {
    kAnswered,  // `reply`
    kNotSent,   // certainly not sent: no connection, or no turn in time
    kNoAnswer,  // sent whole or in part, but no whole answer came
  };
  Kind kind = Kind::kNoAnswer;
  HttpReply reply;
  std::string error;     // for the log; names no URL
  bool no_turn = false;  // for kNotSent: too many calls were before it
};

class HttpPoster {
 public:
  // Which addresses it connects to: all, or only those of the open Internet.
  enum class Addresses { kAll, kPublic };
  struct Options {
    int connections_max = 32;
    size_t queue_max = 2000;  // calls that wait for a connection; beyond it kNotSent at once
    // A call that has waited this long for its turn is not made.
    std::chrono::milliseconds start_within{10'000};
    Addresses addresses = Addresses::kAll;
  };
  using Done = std::function<void(HttpOutcome)>;

  explicit HttpPoster(Options options);
  ~HttpPoster();  // makes the queued calls that are in time, and waits for all answers

  // Calls `done` once, on this object's thread, or at once if the queue is full. `done` must be
  // quick. A call with a body is a POST. A call without is a GET on a new connection, because curl
  // might repeat it on a kept one. Thread-safe.
  void post(HttpCall call, Done done);
  // Waits until no call is queued or under way.
  void drain();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace dundun
