#include "common/io/http_poster.h"

#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "common/io/curl_request.h"
#include "common/io/outbound_url.h"

namespace dundun {
namespace {

using PosterClock = std::chrono::steady_clock;

constexpr int kTickMs = 200;
// Kept connections that rested for longer are not used again: the other side may be closing them.
constexpr long kIdleMaxS = 20;

using PosterMulti = Owned<CURLM, curl_multi_cleanup>;

struct PostedAnswer {
  std::string body;
  size_t bytes_max = 0;
};

// Called for the address that is about to be connected to, whatever the name stood for before.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* address) {
  const std::optional<IpAddress> ip = IpAddress::of(&address->addr);
  if (!ip || !is_public(*ip)) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::vector<std::pair<std::string, std::string>> headers_of(CURL* curl) {
  std::vector<std::pair<std::string, std::string>> headers;
  curl_header* header = nullptr;
  while ((header = curl_easy_nextheader(curl, CURLH_HEADER, -1, header)) != nullptr) {
    std::string name = header->name;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    headers.emplace_back(std::move(name), header->value);
  }
  return headers;
}

struct Transfer {
  HttpCall call;
  HttpPoster::Done done;
  CurlHandle curl;
  CurlHeaders headers;
  PostedAnswer answer;
  size_t given = 0;  // bytes of the body that curl took
};

// The body comes through here, and cannot be rewound: curl repeats a request on a fresh connection
// when a kept one dies without an answer, unless it would need to begin the body again.
size_t give_body(char* target, size_t size, size_t count, void* source) {
  Transfer& transfer = *static_cast<Transfer*>(source);
  const size_t left = transfer.call.body.size() - transfer.given;
  const size_t bytes = std::min(left, size * count);
  std::memcpy(target, transfer.call.body.data() + transfer.given, bytes);
  transfer.given += bytes;
  return bytes;
}

// Fewer bytes taken than given end the call.
size_t take_answer_bytes(char* bytes, size_t size, size_t count, void* target) {
  PostedAnswer& answer = *static_cast<PostedAnswer*>(target);
  if (answer.body.size() + size * count > answer.bytes_max) return 0;
  answer.body.append(bytes, size * count);
  return size * count;
}

}  // namespace

class HttpPoster::Loop {
 public:
  explicit Loop(Options options)
      : options_(options), multi_(curl_multi_init()), thread_([this] { run(); }) {}

  ~Loop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  void post(HttpCall call, Done done) {
    {
      std::unique_lock lock(mutex_);
      if (queue_.size() >= options_.queue_max) {
        lock.unlock();
        return done({HttpOutcome::Kind::kNotSent, {}, "too many calls wait", true});
      }
      queue_.push_back({std::move(call), std::move(done), PosterClock::now()});
      if (queue_.size() > 1) return;  // the first one has woken the thread
    }
    curl_multi_wakeup(multi_.get());
  }

  void drain() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return queue_.empty() && busy_ == 0; });
  }

 private:
  struct Queued {
    HttpCall call;
    Done done;
    PosterClock::time_point since;
  };

  void run() {
    while (true) {
      {
        std::lock_guard lock(mutex_);
        if (stopping_ && queue_.empty() && active_.empty()) return;
      }
      start_queued();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_done();
      bool more = false;
      {
        std::lock_guard lock(mutex_);
        more = !queue_.empty() && busy_ < static_cast<size_t>(options_.connections_max);
        if (queue_.empty() && busy_ == 0) idle_.notify_all();
        if (stopping_ && busy_ == 0) more = true;
      }
      if (!more) curl_multi_poll(multi_.get(), nullptr, 0, kTickMs, nullptr);
    }
  }

  void start_queued() {
    while (true) {
      Queued next;
      {
        std::lock_guard lock(mutex_);
        if (queue_.empty() || busy_ >= static_cast<size_t>(options_.connections_max)) return;
        next = std::move(queue_.front());
        queue_.pop_front();
        ++busy_;
      }
      if (PosterClock::now() - next.since > options_.start_within) {
        end(std::move(next.done), {HttpOutcome::Kind::kNotSent, {}, "no turn in time", true});
      } else {
        start(std::move(next));
      }
    }
  }

  void start(Queued next) {
    auto transfer = std::make_unique<Transfer>();
    transfer->call = std::move(next.call);
    transfer->done = std::move(next.done);
    transfer->answer.bytes_max = transfer->call.answer_bytes_max;
    if (spare_.empty()) {
      transfer->curl.reset(curl_started() ? curl_easy_init() : nullptr);
    } else {
      transfer->curl = std::move(spare_.back());
      spare_.pop_back();
    }
    auto headers = curl_headers(transfer->call.headers);
    if (!transfer->curl || !headers) {
      return end(std::move(transfer->done), {HttpOutcome::Kind::kNotSent, {}, "not a good call"});
    }
    transfer->headers = *std::move(headers);
    CURL* curl = transfer->curl.get();
    set_curl_limits(curl, {transfer->call.connect_timeout, transfer->call.timeout});
    curl_easy_setopt(curl, CURLOPT_URL, transfer->call.url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer->headers.get());
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "dundun");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_answer_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer->answer);
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, kIdleMaxS);
    if (options_.addresses == Addresses::kPublic) {
      curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &open_public);
    }
    set_method(*transfer);
    curl_multi_add_handle(multi_.get(), curl);
    active_.emplace(curl, std::move(transfer));
  }

  static bool is_get(const HttpCall& call) { return call.method == "GET" && call.body.empty(); }

  static void set_method(Transfer& transfer) {
    CURL* curl = transfer.curl.get();
    if (is_get(transfer.call)) {
      curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
      curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
      curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
      return;
    }
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(transfer.call.body.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &give_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
  }

  // Not a byte of what makes it a request has left: of a POST the body, of a GET anything.
  static bool nothing_left(Transfer& transfer) {
    if (!is_get(transfer.call)) return transfer.given == 0;
    curl_off_t ready_us = 0;  // after resolving, connecting and TLS
    curl_easy_getinfo(transfer.curl.get(), CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    return ready_us == 0;
  }

  void finish_done() {
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      auto found = active_.find(message->easy_handle);
      std::unique_ptr<Transfer> transfer = std::move(found->second);
      active_.erase(found);
      HttpOutcome outcome = outcome_of(*transfer, code);
      curl_multi_remove_handle(multi_.get(), transfer->curl.get());
      curl_easy_reset(transfer->curl.get());
      spare_.push_back(std::move(transfer->curl));
      end(std::move(transfer->done), std::move(outcome));
    }
  }

  static HttpOutcome outcome_of(Transfer& transfer, CURLcode code) {
    if (code != CURLE_OK) {
      return {nothing_left(transfer) ? HttpOutcome::Kind::kNotSent : HttpOutcome::Kind::kNoAnswer,
              {},
              curl_easy_strerror(code)};
    }
    CURL* curl = transfer.curl.get();
    return {HttpOutcome::Kind::kAnswered,
            {curl_status(curl), std::move(transfer.answer.body), curl_retry_after_s(curl),
             headers_of(curl)},
            {}};
  }

  // A caller that has its answer is no longer waited for.
  void end(Done done, HttpOutcome outcome) {
    done(std::move(outcome));
    std::lock_guard lock(mutex_);
    --busy_;
  }

  const Options options_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<Queued> queue_;
  size_t busy_ = 0;  // taken from the queue and not answered
  bool stopping_ = false;
  PosterMulti multi_;
  std::map<CURL*, std::unique_ptr<Transfer>> active_;  // the thread's own
  std::vector<CurlHandle> spare_;
  std::thread thread_;  // last: it uses the others
};

HttpPoster::HttpPoster(Options options) : loop_(std::make_unique<Loop>(options)) {}
HttpPoster::~HttpPoster() = default;
void HttpPoster::post(HttpCall call, Done done) { loop_->post(std::move(call), std::move(done)); }
void HttpPoster::drain() { loop_->drain(); }

}  // namespace dundun
