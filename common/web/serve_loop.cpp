#include "common/web/serve_loop.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "common/base/log.h"
#include "common/web/errors.h"

namespace dundun {
namespace {

constexpr int kEventsMax = 64;
constexpr int kAcceptsMax = 16;
constexpr int kIoTimeoutS = 5;
constexpr int kIdleWaitMs = 1000;
// After SIGTERM the kept connections are served until nginx has closed them all (its keepalive_time
// and keepalive_timeout, 2 s each): one closed from here could be in use at that moment, and nginx
// sends no POST twice. Not longer than this, should the peer not be the shipped nginx.
constexpr int64_t kDrainMaxMs = 10'000;
// Downloads that run at SIGTERM may go on for so long; with the longest write in hand (10 s) the
// process is gone before its keeper sends SIGKILL (20 s).
constexpr int64_t kStreamDrainMaxMs = 8'000;

int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

ServeLoop::ServeLoop(const Config& config)
    : config_(config),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      running_(config.running_threads) {
  epoll_event event{};
  // Edge-triggered: each write wakes one thread. Otherwise others would wake up too, to find
  // nothing.
  event.events = EPOLLIN | EPOLLET;
  event.data.fd = wake_;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

ServeLoop::~ServeLoop() {
  connections_.clear();
  close(epoll_);
  close(wake_);
}

void ServeLoop::run(int listener, const std::function<ThreadHandler()>& make_handler) {
  listener_ = listener;
  fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
  epoll_event event{};
  // Exclusive: of all processes and threads waiting on the shared socket, wake one.
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.fd = listener;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, listener, &event);
  std::vector<std::thread> threads;
  for (int i = 0; i < config_.worker_threads; ++i) {
    threads.emplace_back([this, &make_handler] { work(make_handler()); });
  }
  for (std::thread& thread : threads) thread.join();
}

void ServeLoop::stop() {
  stopping_ = true;
  const uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

void ServeLoop::post(std::function<void()> work) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
    wake = !std::exchange(wake_pending_, true);
  }
  if (!wake) return;
  const uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
}

void ServeLoop::run_next(std::function<void()> work) {
  // Who waits for a turn looks here when its turn comes. Where nobody does, all sleep in epoll.
  if (config_.running_threads >= config_.worker_threads) return post(std::move(work));
  std::lock_guard lock(mutex_);
  posted_.push_back(std::move(work));
}

void ServeLoop::post_after(std::chrono::milliseconds delay, std::function<void()> work) {
  const auto due = Clock::now() + delay;
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = timers_.empty() || due < timers_.begin()->first;
    timers_.emplace(due, std::move(work));
  }
  if (first) post([] {});  // so that a waiting thread takes the nearer deadline
}

int ServeLoop::next_timeout_ms() {
  std::lock_guard lock(mutex_);
  if (!posted_.empty()) return 0;  // whoever took them up has to wait
  int timeout = draining_ ? 20 : kIdleWaitMs;
  if (timers_.empty()) return timeout;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(timers_.begin()->first - Clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count() + 1, 0, timeout));
}

void ServeLoop::work(const ThreadHandler& handler) {
  running_.join();
  do {
    running_.take_turn();
    take_events(handler);
    run_timers();
  } while (!draining_ || !drained());
  running_.stop();
  running_.leave();
  const uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);  // the next thread sees it too
}

void ServeLoop::take_events(const ThreadHandler& handler) {
  std::array<epoll_event, kEventsMax> events;
  const int count = epoll_wait(epoll_, events.data(), kEventsMax, next_timeout_ms());
  if (stopping_ && !draining_.exchange(true)) begin_drain();
  Batch batch;
  for (int i = 0; i < count; ++i) {
    const int fd = events[static_cast<size_t>(i)].data.fd;
    if (fd == wake_) {
      uint64_t times = 0;
      (void)!::read(wake_, &times, sizeof times);
    } else if (fd == listener_) {
      accept_some();
    } else {
      read_ready(fd, batch);
    }
  }
  run_posted();
  if (batch.empty()) return;
  handler(std::move(batch));
  run_posted();
}

void ServeLoop::accept_some() {
  for (int i = 0; i < kAcceptsMax && !draining_; ++i) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    auto connection = std::make_shared<FcgiConnection>(fd, kIoTimeoutS);
    wait_for_request(connection, EPOLL_CTL_ADD);
  }
}

// Under the lock to the end: the thread that epoll wakes next takes it too, and so sees all that
// this one did with the connection.
void ServeLoop::wait_for_request(const std::shared_ptr<FcgiConnection>& connection, int operation) {
  std::lock_guard lock(connections_mutex_);
  connections_[connection->fd()] = connection;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT | EPOLLRDHUP;
  event.data.fd = connection->fd();
  epoll_ctl(epoll_, operation, connection->fd(), &event);
}

void ServeLoop::forget(int fd) {
  std::lock_guard lock(connections_mutex_);
  connections_.erase(fd);
}

void ServeLoop::read_ready(int fd, Batch& batch) {
  auto exchange = std::make_unique<Exchange>();
  {
    std::lock_guard lock(connections_mutex_);
    auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    // Taken out while it is busy: libfcgi may close the descriptor, whose number is then reused.
    exchange->connection = std::move(found->second);
    connections_.erase(found);
  }
  exchange->started = Clock::now();
  in_flight_.fetch_add(1);
  if (!exchange->connection->read(exchange->incoming, config_.body_bytes_max,
                                  config_.upload_bytes_max)) {
    in_flight_.fetch_sub(1);
    return;
  }
  batch.push_back(std::move(exchange));
}

void ServeLoop::answer(std::unique_ptr<Exchange> exchange, Response response) {
  const Request& request = exchange->incoming.request;
  if (response.stream && request.method != Method::kHead) {
    std::shared_ptr<Exchange> owned = std::move(exchange);
    streams_.run([this, owned, streamed = std::move(response)] { stream(*owned, streamed); });
    return;
  }
  const bool kept =
      exchange->connection->write(response, request.request_id, request.method == Method::kHead);
  if (kept) wait_for_request(exchange->connection, EPOLL_CTL_MOD);
  in_flight_.fetch_sub(1);
}

bool ServeLoop::must_cut_streams() const {
  const int64_t began = drain_began_ms_.load();
  return began > 0 && steady_ms() - began > kStreamDrainMaxMs;
}

void ServeLoop::stream(const Exchange& exchange, const Response& response) {
  const Request& request = exchange.incoming.request;
  FcgiConnection& connection = *exchange.connection;
  bool kept = false;
  Result<int64_t> bytes = int64_t{0};
  // While nothing is written yet, a failure is an answer like any other.
  Result<std::string> first = response.stream();
  if (first) {
    const auto give_up = [this] { return must_cut_streams(); };
    bytes = connection.write_stream(response, request.request_id, *std::move(first), give_up);
    kept = bytes.has_value();
  } else {
    kept = connection.write(error_response(first.error(), request), request.request_id, false);
    bytes = std::move(first).error();
  }
  const std::chrono::duration<double> elapsed = Clock::now() - exchange.started;
  log(bytes ? LogLevel::kInfo : LogLevel::kWarning, "stream",
      {{"request_id", std::string_view(request.request_id)},
       {"bytes", bytes ? *bytes : -1},
       {"elapsed_ms", elapsed.count() * 1000},
       {"detail", std::string_view(bytes ? "" : bytes.error().detail)}});
  if (kept) wait_for_request(exchange.connection, EPOLL_CTL_MOD);
  in_flight_.fetch_sub(1);
}

// What is there now, and not what comes meanwhile: requests are to be read too. One at a time, so
// that another thread goes on with the rest if one has to wait.
void ServeLoop::run_posted() {
  std::unique_lock lock(mutex_);
  wake_pending_ = false;
  for (size_t left = posted_.size(); left > 0 && !posted_.empty(); --left) {
    std::function<void()> work = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it owns may post
    lock.lock();
  }
}

void ServeLoop::run_timers() {
  std::vector<std::function<void()>> due;
  {
    std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
      due.push_back(std::move(timers_.begin()->second));
      timers_.erase(timers_.begin());
    }
  }
  for (const auto& work : due) work();
}

// The listening socket belongs to the siblings too: it is left, never shut down.
void ServeLoop::begin_drain() {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
  drain_began_ms_ = steady_ms();
}

bool ServeLoop::drained() {
  if (in_flight_.load() > 0) return false;
  std::lock_guard lock(connections_mutex_);
  return connections_.empty() || steady_ms() - drain_began_ms_ > kDrainMaxMs;
}

}  // namespace dundun
