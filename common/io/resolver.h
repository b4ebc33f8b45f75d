// Looks up the addresses of host names on threads of its own, so that a customer whose DNS hangs
// makes no other customer wait.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/io/outbound_url.h"

namespace dundun {

class Resolver {
 public:
  // All addresses of a name; none if there is no answer. It may block. Many threads call it.
  using Lookup = std::function<std::vector<IpAddress>(const std::string& host)>;
  static std::vector<IpAddress> ask_system(const std::string& host);

  // `on_answer` is called, by any thread, each time a name's addresses become known.
  Resolver(Lookup lookup, std::function<void()> on_answer);
  ~Resolver();  // waits for look-ups under way

  // The addresses, if they were looked up recently. nullopt: the look-up has begun; ask again
  // later.
  std::optional<std::vector<IpAddress>> ask(const std::string& host);

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    bool known = false;
    std::vector<IpAddress> addresses;
    Clock::time_point until;
  };
  void run();

  Lookup lookup_;
  std::function<void()> on_answer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Entry> entries_;
  std::deque<std::string> waiting_;
  int resting_ = 0;  // threads that wait for work
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dundun
