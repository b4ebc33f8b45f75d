// Many HTTP calls at once on one thread (libcurl's multi interface), for callers that must not
// wait. None is ever sent twice, not even over a kept connection that turns out to be dead.
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
    kNotSent,   // certainly not: no connection, or no turn in time
    kNoAnswer,  // sent whole or in part, and no whole answer came
  };
  Kind kind = Kind::kNoAnswer;
  HttpReply reply;
  std::string error;     // for the log; names no URL
  bool no_turn = false;  // of kNotSent: too many calls before it
};

class HttpPoster {
 public:
  // Whom it connects to: anybody, or only addresses of the open Internet.
  enum class Addresses { kAll, kPublic };
  struct Options {
    int connections_max = 32;
    size_t queue_max = 2000;  // calls that wait for a connection; beyond it kNotSent at once
    // A call that has not had its turn by then is not made.
    std::chrono::milliseconds start_within{10'000};
    Addresses addresses = Addresses::kAll;
  };
  using Done = std::function<void(HttpOutcome)>;

  explicit HttpPoster(Options options);
  ~HttpPoster();  // makes what is queued in time, and waits for all answers

  // Answers once, on this object's thread (or at once when the queue is full). `done` must be
  // quick. A call with a body is a POST. One without is a GET, on a connection of its own: curl
  // might repeat it on a kept one. Thread-safe.
  void post(HttpCall call, Done done);
  // Waits until nothing is queued or under way.
  void drain();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace dundun
