// Takes a request to its answer: endpoint, gate, rights, handler, log line.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/metrics.h"
#include "common/base/worker_threads.h"
#include "common/identity/caller_cache.h"
#include "common/identity/gate.h"
#include "common/web/body_members.h"
#include "common/web/endpoint.h"
#include "common/web/own_services.h"
#include "common/web/serve_loop.h"

namespace dundun {

class Dispatcher {
 public:
  Dispatcher(Services& services, ServeLoop& loop, std::span<const Endpoint> endpoints,
             const Schemas& schemas);

  // Makes the handler of one thread, with its own Gate.
  ServeLoop::ThreadHandler thread_handler();

 private:
  // Everything a request needs until its answer is written; owned by the running task.
  struct Call {
    std::unique_ptr<Exchange> exchange;
    const Endpoint* endpoint = nullptr;
    std::string key_hash;       // empty: no key was sent
    std::string session_token;  // of the cookie; empty with a key, and without a cookie
    std::string session_hash;
    bool is_stranger = false;  // no such key was seen in this configuration
    int blocked_s = 0;         // the key's address guessed too often
    std::shared_ptr<const Snapshot> snapshot;
    std::shared_ptr<const Caller> caller;
    std::optional<RateVerdict> rate;
    std::vector<std::string> ignored;  // members of the body that the endpoint does not know
    std::optional<OwnServices> own;
    std::optional<Context> context;
    std::optional<Task<Response>> task;

    Request& request() { return exchange->incoming.request; }
    bool asks_access_only() const { return exchange->incoming.access_only; }
  };
  using Calls = std::vector<std::unique_ptr<Call>>;

  void handle(Gate& gate, ServeLoop::Batch batch);
  // Each stage answers the calls that fail in it and keeps the rest.
  Status admit(Call& call);
  void stop_guessers(Gate& gate, const Snapshot& known, Calls& calls);
  void pass_gate(Gate& gate, Calls& calls);
  Status authorize(Gate& gate, Call& call);
  Status recognize_key(Gate& gate, Call& call);
  Error wrong_key(Gate& gate, const Call& call);
  Status recognize_session(Call& call);
  // Refuses members that look like misspelt ones.
  Status look_at_members(Call& call) const;
  void start_next(std::unique_ptr<Call> call);
  void start(std::unique_ptr<Call> call);
  void run(std::unique_ptr<Call> call);
  void finish(std::unique_ptr<Call> call, Result<Response> outcome);
  void write_log(const Call& call, const Response& response, const std::string& detail);
  void add_rate_fields(const Call& call, Response& response) const;

  struct Series {
    Histogram* seconds;
    std::array<Counter*, 6> by_class;
  };
  Series& series_of(const Endpoint* endpoint);

  Services& services_;
  ServeLoop& loop_;
  std::span<const Endpoint> endpoints_;
  BodyMembers members_;
  LocalLimits local_limits_;
  GoodKeys good_keys_;
  std::vector<Series> series_;  // one an endpoint, the last for requests that match none
  WorkerThreads callers_out_;   // last, so that they end first
};

}  // namespace dundun
