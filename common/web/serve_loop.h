// libfcgi driven by epoll. All threads share one epoll set. Connections are kept; a connection
// costs no thread while it is idle or while its handler waits. Suspended handlers continue on this
// Executor.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "common/base/config.h"
#include "common/base/executor.h"
#include "common/base/running_threads.h"
#include "common/web/fcgi_connection.h"
#include "common/web/stream_threads.h"

namespace dundun {

class ServeLoop;

// A request that was read and waits for its answer.
struct Exchange {
  std::shared_ptr<FcgiConnection> connection;
  FcgiConnection::Incoming incoming;
  std::chrono::steady_clock::time_point started;
};

class ServeLoop : public Executor {
 public:
  // What a thread does with the requests that it wakes up to. answer() answers each, now or later,
  // from any thread.
  using Batch = std::vector<std::unique_ptr<Exchange>>;
  using ThreadHandler = std::function<void(Batch)>;

  explicit ServeLoop(const Config& config);
  ~ServeLoop() override;

  // Serves connections of the listening socket `listener` until stop(). make_handler runs once in
  // each thread. Returns when every request that was read is answered.
  void run(int listener, const std::function<ThreadHandler()>& make_handler);
  // Async-signal-safe.
  void stop();

  void post(std::function<void()> work) override;
  void post_after(std::chrono::milliseconds delay, std::function<void()> work) override;
  // Of a handler: runs `work` on this thread when the handler has returned, or on another if this
  // one has to wait before.
  void run_next(std::function<void()> work);

  void answer(std::unique_ptr<Exchange> exchange, Response response);
  int in_flight() const { return in_flight_.load(); }

 private:
  using Clock = std::chrono::steady_clock;
  void work(const ThreadHandler& handler);
  void take_events(const ThreadHandler& handler);
  void stream(const Exchange& exchange, const Response& response);
  bool must_cut_streams() const;
  int next_timeout_ms();
  void accept_some();
  void read_ready(int fd, Batch& batch);
  void wait_for_request(const std::shared_ptr<FcgiConnection>& connection, int operation);
  void forget(int fd);
  void run_posted();
  void run_timers();
  void begin_drain();
  bool drained();

  const Config& config_;
  int epoll_;
  int wake_;
  int listener_ = -1;
  RunningThreads running_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> draining_{false};
  std::atomic<int64_t> drain_began_ms_{0};
  std::atomic<int> in_flight_{0};
  std::mutex mutex_;
  std::deque<std::function<void()>> posted_;
  bool wake_pending_ = false;
  std::multimap<Clock::time_point, std::function<void()>> timers_;
  std::mutex connections_mutex_;
  std::unordered_map<int, std::shared_ptr<FcgiConnection>> connections_;
  StreamThreads streams_;  // last, so that they end first
};

}  // namespace dundun
