// What the fault tests do to a running service, and how they count afterwards.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/io/redis.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {

// The full sizes of the requirements, instead of those that suit every build.
inline bool full_size() { return std::getenv("DUNDUN_FULL") != nullptr; }

// A repeating disturbance in a thread of its own.
class Every {
 public:
  Every(std::chrono::milliseconds pause, std::function<void()> work)
      : thread_([this, pause, work = std::move(work)] {
          while (!stopping_) {
            std::this_thread::sleep_for(pause);
            if (!stopping_) work();
          }
        }) {}
  ~Every() {
    stopping_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Schedulers as cron would start them, each killed and replaced on request.
class Schedulers {
 public:
  Schedulers(Service& service, size_t count) : service_(service), processes_(count) {
    for (Process& process : processes_) process = service_.scheduler(600);
  }
  void kill_one() {
    Process& victim = processes_[next_++ % processes_.size()];
    victim.kill_now();
    victim = service_.scheduler(600);
  }

 private:
  Service& service_;
  std::vector<Process> processes_;
  size_t next_ = 0;
};

inline void flush_redis() {
  Redis redis({.url = Stack::shared().redis_url()});
  (void)redis.run({"FLUSHALL"});
}

inline std::set<std::string> handset_ids(const Service& service) {
  std::set<std::string> ids;
  std::ifstream file(service.handset_log());
  std::string id, attempt;
  while (file >> id >> attempt) ids.insert(id);
  return ids;
}

// Submits of one message under one claim: a carrier that cannot tell repeats apart would have sent
// two SMS. A recovered claim counts as another attempt.
inline int submitted_twice(const Service& service) {
  std::set<std::string> seen;
  std::ifstream file(service.handset_log());
  int twice = 0;
  for (std::string line; std::getline(file, line);) twice += seen.insert(line).second ? 0 : 1;
  return twice;
}

inline int64_t undelivered(Service& service, int64_t account) {
  return number_of(service.pg(), "select count(*) from messages where account_id = " +
                                     std::to_string(account) + " and status <> 5");
}

}  // namespace dundun
