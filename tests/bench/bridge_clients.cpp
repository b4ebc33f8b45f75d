// The load of tests/bench/bridge.sh: many WebSockets that read, one publisher, and what was
// measured. Usage: bench_bridge_clients KIND PORT SOCKETS ACCOUNTS SECONDS REDIS_SOCKET PID...
//   KIND bridge: auth frame with key `bench<account>`, events published as the journal does;
//        nchan: /sub/<account>, published by POST /pub/<account>;
//        node: /<account>, published to Redis' channel bench:<account>.
// PORT may be the path of a Unix socket. PIDs are the server's, for RSS and CPU. In the
// environment: SLEEPERS more sockets that never read, RATE deliveries a second to the readers while
// the latency is measured, EVENT_BYTES, EVENT_TYPE, JOINERS sockets that are set up at once.
// FLOOD=0 measures the latency only, JOIN_ONLY=1 how fast the sockets are set up and what they cost
// the server.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "common/io/redis.h"
#include "common/journal/publisher.h"

namespace {

using namespace dundun;
using Clock = std::chrono::steady_clock;

constexpr int kReaders = 2;
int setting(const char* name, int otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}
const char* const kEventType =
    std::getenv("EVENT_TYPE") ? std::getenv("EVENT_TYPE") : "notification";
const size_t kEventBytes = static_cast<size_t>(setting("EVENT_BYTES", 256));

struct Load {
  std::string kind, address, redis_url;
  int sockets = 0, accounts = 0;
  double seconds = 0;
  std::vector<int> pids;
};

int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

int connect_to(const Load& load) {
  if (load.address.starts_with('/')) {
    const int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    load.address.copy(path.sun_path, sizeof path.sun_path - 1);
    return connect(local, reinterpret_cast<sockaddr*>(&path), sizeof path) == 0 ? local : -1;
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(load.address.c_str())));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  // A source address can have 28,000 connections to one port.
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

bool send_all(int fd, const std::string& text) {
  return send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

std::string masked(const std::string& payload) {
  std::string frame{static_cast<char>(0x81)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size() & 0xff);
  }
  return frame + std::string(4, '\0') + payload;  // a mask of zeros changes nothing
}

// Why a socket was not let in, for the one line that says so.
int refused(int fd, int account, const std::string& why) {
  static std::atomic<bool> said{false};
  if (!said.exchange(true)) std::printf("a socket of account %d: %s\n", account, why.c_str());
  if (fd >= 0) close(fd);
  return -1;
}

// One socket that is in and hears its account.
int join(const Load& load, int account) {
  const int fd = connect_to(load);
  if (fd < 0) return refused(fd, account, std::string("cannot connect: ") + std::strerror(errno));
  const timeval answers_within{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answers_within, sizeof answers_within);
  const std::string path = load.kind == "bridge"  ? "/ws"
                           : load.kind == "nchan" ? "/sub/" + std::to_string(account)
                                                  : "/" + std::to_string(account);
  send_all(fd, "GET " + path +
                   " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                   "X-Real-IP: 10.0." +
                   std::to_string(account / 250) + "." + std::to_string(account % 250) +
                   "\r\n\r\n");
  if (load.kind == "bridge") {
    send_all(fd, masked(R"({"type":"auth","events":[")" + std::string(kEventType) +
                        R"("],"apiKey":"esms_live_bench)" + std::to_string(account) + "\"}"));
  }
  std::string answer;
  const std::string wanted = load.kind == "bridge" ? "auth_ok" : "\r\n\r\n";
  while (answer.find(wanted) == std::string::npos) {
    char chunk[1024];
    const ssize_t size = recv(fd, chunk, sizeof chunk, 0);
    if (size < 0) return refused(fd, account, std::string("no answer: ") + std::strerror(errno));
    if (size == 0) return refused(fd, account, "closed after: " + answer);
    answer.append(chunk, static_cast<size_t>(size));
  }
  if (answer.find(" 101 ") == std::string::npos) return refused(fd, account, answer);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

// Reads its share of the sockets and counts whole frames; every frame bears the time of its making.
class Reader {
 public:
  explicit Reader(std::vector<int> sockets)
      : buffers_(sockets.size()), sockets_(std::move(sockets)) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < sockets_.size(); ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_[i], &event);
    }
    latencies_us.reserve(1 << 20);
  }

  void run(const std::atomic<bool>& over) {
    std::vector<epoll_event> events(1024);
    std::vector<char> chunk(1 << 17);
    while (!over) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 20);
      const int64_t at = now_ns();
      for (int i = 0; i < count; ++i) {
        const size_t index = events[static_cast<size_t>(i)].data.u64;
        const ssize_t size = recv(sockets_[index], chunk.data(), chunk.size(), 0);
        if (size <= 0) {
          epoll_ctl(epoll_, EPOLL_CTL_DEL, sockets_[index], nullptr);
          if (size == 0) ++closed;
        } else {
          take(buffers_[index], {chunk.data(), static_cast<size_t>(size)}, at);
        }
      }
    }
  }

  std::atomic<int64_t> deliveries{0};
  std::atomic<int> closed{0};
  std::vector<float> latencies_us;  // of a sample
  std::atomic<bool> sampling{false};

 private:
  void take(std::string& kept, std::string_view bytes, int64_t at) {
    if (!kept.empty()) {
      kept.append(bytes);
      bytes = kept;
    }
    int64_t frames = 0;
    size_t used = 0;
    while (bytes.size() - used >= 4) {
      const auto* head = reinterpret_cast<const unsigned char*>(bytes.data() + used);
      size_t header = 2, length = head[1] & 0x7f;
      if (length == 126) {
        length = static_cast<size_t>(head[2]) << 8 | head[3];
        header = 4;
      }
      if (bytes.size() - used < header + length) break;
      if (length >= kEventBytes) {
        ++frames;
        if (sampling && ++seen_ % 37 == 0) sample(bytes.substr(used + header, length), at);
      }
      used += header + length;
    }
    deliveries.fetch_add(frames, std::memory_order_relaxed);
    const std::string rest(bytes.substr(used));
    kept = rest;
  }
  void sample(std::string_view event, int64_t at) {
    const size_t place = event.find("\"at\":");
    if (place == std::string_view::npos || latencies_us.size() == latencies_us.capacity()) return;
    const int64_t made = std::strtoll(event.data() + place + 5, nullptr, 10);
    latencies_us.push_back(static_cast<float>(at - made) / 1000.0F);
  }

  int epoll_;
  std::vector<std::string> buffers_;
  std::vector<int> sockets_;
  int64_t seen_ = 0;
};

std::string event_json() {
  std::string json = R"({"type":")" + std::string(kEventType) + R"(","event_id":")" +
                     event_id_text(new_uuid7()) + R"(","message_id":")" +
                     message_id_text(new_uuid7()) + R"(","status":"delivered","at":)" +
                     std::to_string(now_ns()) + R"(,"pad":")";
  json.append(kEventBytes - json.size() - 2, 'x');
  return json + "\"}";
}

class Source {
 public:
  explicit Source(const Load& load) : load_(load), redis_({.url = load.redis_url}) {
    if (load.kind == "nchan") http_ = connect_to(load);
  }
  // One event for each of these accounts.
  bool publish(const std::vector<int>& accounts) {
    if (load_.kind == "nchan") return post(accounts);
    std::vector<RedisCommand> commands;
    for (const int account : accounts) {
      if (load_.kind == "node") {
        commands.push_back({"PUBLISH", "bench:" + std::to_string(account), event_json()});
        continue;
      }
      Publication publication;
      publication.add(event_channel(account, Environment::kLive), event_json());
      for (RedisCommand& command : publish_commands(publication, {}, Publishing::kFirst)) {
        commands.push_back(std::move(command));
      }
    }
    return redis_.run_pipeline(commands).has_value();
  }

 private:
  bool post(const std::vector<int>& accounts) {
    std::string requests;
    for (const int account : accounts) {
      requests += "POST /pub/" + std::to_string(account) +
                  " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(kEventBytes) +
                  "\r\n\r\n" + event_json();
    }
    if (!send_all(http_, requests)) return false;
    size_t answers = 0;
    std::string text;
    while (answers < accounts.size()) {
      char chunk[8192];
      const ssize_t size = recv(http_, chunk, sizeof chunk, 0);
      if (size <= 0) return false;
      text.append(chunk, static_cast<size_t>(size));
      answers = 0;
      for (size_t at = 0; (at = text.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++answers;
    }
    return true;
  }
  const Load& load_;
  Redis redis_;
  int http_ = -1;
};

int64_t rss_kb(const Load& load) {
  int64_t sum = 0;
  for (const int pid : load.pids) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("VmRSS:")) sum += std::atoll(line.c_str() + 6);
    }
  }
  return sum;
}

double cpu_seconds(const Load& load) {
  double sum = 0;
  for (const int pid : load.pids) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 2)));
    std::string field;
    for (int i = 3; fields >> field; ++i) {
      if (i == 14 || i == 15) sum += std::atof(field.c_str()) / 100.0;
    }
  }
  return sum;
}

// Of those that never read: how many were closed, and how many of these still found the close frame
// with 1013. Whoever takes longer than the bridge waits for it is cut without.
struct ShownOut {
  int closed = 0;
  int told = 0;
};
ShownOut count_shown_out(const std::vector<int>& sockets) {
  constexpr std::string_view kTryAgainLater = "\x03\xf5";  // RFC 6455 section 5.5.1
  ShownOut count;
  for (const int fd : sockets) {
    std::string last;
    char chunk[65536];
    pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
    ssize_t size = -1;
    while (poll(&readable, 1, 300) > 0 && (size = recv(fd, chunk, sizeof chunk, 0)) > 0) {
      last.append(chunk, static_cast<size_t>(size));
      if (last.size() > 256) last.erase(0, last.size() - 256);
    }
    if (size <= 0) ++count.closed;
    const size_t close_frame = last.rfind('\x88');
    if (close_frame != std::string::npos && last.substr(close_frame).find(kTryAgainLater) == 2) {
      ++count.told;
    }
  }
  return count;
}

double percentile(const std::vector<float>& sorted, double part) {
  if (sorted.empty()) return 0;
  return static_cast<double>(sorted[static_cast<size_t>(part * double(sorted.size() - 1))]) / 1000;
}

Load load_of(int argc, char** argv) {
  Load load;
  load.kind = argv[1];
  load.address = argv[2];
  load.sockets = std::atoi(argv[3]);
  load.accounts = std::atoi(argv[4]);
  load.seconds = std::atof(argv[5]);
  load.redis_url = std::string("unix:") + argv[6];
  for (int i = 7; i < argc; ++i) load.pids.push_back(std::atoi(argv[i]));
  return load;
}

struct Figures {
  double set_up = 0;      // seconds
  double set_up_cpu = 0;  // seconds of the server
  double rate = 0;        // deliveries a second
  double cpu = 0;         // seconds a 100,000 deliveries
  int64_t empty_kb = 0, idle_kb = 0, peak_kb = 0;
};

struct Heard {
  std::vector<float> latencies_us;  // sorted
  int closed = 0;
};

Heard heard_by(const std::vector<std::unique_ptr<Reader>>& readers) {
  Heard heard;
  for (const auto& reader : readers) {
    heard.latencies_us.insert(heard.latencies_us.end(), reader->latencies_us.begin(),
                              reader->latencies_us.end());
    heard.closed += reader->closed;
  }
  std::sort(heard.latencies_us.begin(), heard.latencies_us.end());
  return heard;
}

void print_latencies(const Heard& heard) {
  const std::vector<float>& all = heard.latencies_us;
  std::printf("  latency ms p50 %.2f p99 %.2f p99.9 %.2f", percentile(all, 0.5),
              percentile(all, 0.99), percentile(all, 0.999));
}

void print_shown_out(const std::vector<int>& sleepers, const Figures& figures, const Heard& heard) {
  const ShownOut shown_out = count_shown_out(sleepers);
  print_latencies(heard);
  std::printf(
      "  RSS %.1f MB, at most %.1f MB  readers closed %d  sleepers closed %d, found 1013 %d of "
      "%zu\n",
      double(figures.idle_kb) / 1024, double(figures.peak_kb) / 1024, heard.closed,
      shown_out.closed, shown_out.told, sleepers.size());
}

void print_flood(const Load& load, const Figures& figures, const Heard& heard) {
  std::printf("%7.0f deliveries/s", figures.rate);
  print_latencies(heard);
  std::printf("  RSS %.1f KB a socket  CPU %.2f s a 100,000  set-up %.0f/s  closed %d\n",
              double(figures.idle_kb - figures.empty_kb) / load.sockets, figures.cpu,
              load.sockets / figures.set_up, heard.closed);
}

void print_set_up(const Load& load, const Figures& figures) {
  std::printf("set-up %.0f/s  CPU %.0f us a socket  RSS %.1f KB a socket\n",
              load.sockets / figures.set_up, figures.set_up_cpu * 1e6 / load.sockets,
              double(figures.idle_kb - figures.empty_kb) / load.sockets);
}

// The sockets of each reader; empty: one was refused. JOINERS clients come at the same time, as all
// do after a restart.
std::vector<std::vector<int>> join_all(const Load& load) {
  std::vector<int> sockets(static_cast<size_t>(load.sockets));
  std::atomic<int> next{0};
  std::vector<std::thread> joiners;
  for (int n = setting("JOINERS", 64); n > 0; --n) {
    joiners.emplace_back([&] {
      for (int i = next++; i < load.sockets; i = next++) {
        sockets[static_cast<size_t>(i)] = join(load, 1 + i % load.accounts);
      }
    });
  }
  for (std::thread& joiner : joiners) joiner.join();
  std::vector<std::vector<int>> shares(kReaders);
  for (size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i] < 0) return {};  // refused() said why
    shares[i % kReaders].push_back(sockets[i]);
  }
  return shares;
}

std::vector<int> join_sleepers(const Load& load) {
  std::vector<int> sleepers;
  for (int i = 0; i < setting("SLEEPERS", 0); ++i) {
    sleepers.push_back(join(load, 1 + i % load.accounts));
  }
  return sleepers;
}

// The sockets of each reader, and what setting them up took; empty: one was refused.
std::vector<std::vector<int>> set_up(const Load& load, std::vector<int>& sleepers,
                                     Figures& figures) {
  figures.empty_kb = rss_kb(load);
  const double cpu_at_first = cpu_seconds(load);
  const auto began = Clock::now();
  auto shares = join_all(load);
  if (shares.empty()) return shares;
  sleepers = join_sleepers(load);
  figures.set_up = std::chrono::duration<double>(Clock::now() - began).count();
  figures.set_up_cpu = cpu_seconds(load) - cpu_at_first;
  figures.idle_kb = figures.peak_kb = rss_kb(load);
  return shares;
}

int64_t deliveries_of(const std::vector<std::unique_ptr<Reader>>& readers) {
  int64_t sum = 0;
  for (const auto& reader : readers) sum += reader->deliveries.load();
  return sum;
}

void hold_rate(double seconds, double pause_s, const std::function<void()>& publish) {
  auto due = Clock::now();
  const auto end = due + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    publish();
    due += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(pause_s));
    std::this_thread::sleep_until(due);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) return 2;
  rlimit limit{65'536, 65'536};
  setrlimit(RLIMIT_NOFILE, &limit);
  const Load load = load_of(argc, argv);
  Figures figures;
  std::vector<int> sleepers;
  auto shares = set_up(load, sleepers, figures);
  if (shares.empty()) return 1;
  if (setting("JOIN_ONLY", 0) != 0) {
    print_set_up(load, figures);
    return 0;
  }

  std::vector<std::unique_ptr<Reader>> readers;
  std::atomic<bool> over{false};
  std::vector<std::jthread> threads;
  for (auto& share : shares) readers.push_back(std::make_unique<Reader>(std::move(share)));
  for (auto& reader : readers) threads.emplace_back([&] { reader->run(over); });
  const auto delivered = [&] { return deliveries_of(readers); };

  // As fast as the sockets keep up: a bounded number of deliveries is on its way.
  Source source(load);
  const int each = load.sockets / load.accounts;
  const int64_t window = std::max<int64_t>(20'000, load.sockets * 4);
  std::vector<int> accounts;
  int64_t sent = 0;
  int next = 0;
  const auto publish_round = [&](int count) {
    accounts.clear();
    for (int i = 0; i < count; ++i) accounts.push_back(1 + next++ % load.accounts);
    if (!source.publish(accounts)) std::abort();
    sent += static_cast<int64_t>(count) * each;
  };
  const int burst = std::max(1, std::min(100, 2000 / each));
  const auto flood = [&](double seconds) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end) {
      if (sent - delivered() < window) {
        publish_round(burst);
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
    }
  };
  const bool floods = setting("FLOOD", 1) != 0;
  if (floods) flood(1);
  const int64_t before = delivered();
  const double cpu_before = cpu_seconds(load);
  const auto start = Clock::now();
  if (floods) flood(load.seconds);
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  figures.rate = double(delivered() - before) / took;
  figures.cpu = (cpu_seconds(load) - cpu_before) / (double(delivered() - before) / 1e5);

  // Latency at a fixed load, the same for everybody.
  const double wanted_rate = setting("RATE", 10'000);
  while (delivered() < sent && Clock::now() < start + std::chrono::seconds(60)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (const auto& reader : readers) reader->sampling = true;
  const int together = std::max(1, 20 / each);
  const double pause_s = together * each / wanted_rate;
  hold_rate(load.seconds, pause_s, [&] {
    publish_round(together);
    if (!sleepers.empty()) figures.peak_kb = std::max(figures.peak_kb, rss_kb(load));
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  over = true;
  threads.clear();
  const Heard heard = heard_by(readers);
  if (floods) {
    print_flood(load, figures, heard);
  } else {
    print_shown_out(sleepers, figures, heard);
  }
  return 0;
}
