// A carrier that speaks Kannel's sendsms, takes or refuses as told, and remembers per message what
// it may have sent to the handset: that is what doubles are counted by.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/io/pg.h"
#include "tests/support/http_stand_in.h"

namespace dundun {

class StandInCarrier {
 public:
  enum class Mood {
    kTakes,
    kRefuses,      // lets nobody in
    kThrottles,    // asks to wait
    kNotRoutable,  // has no way to there
    kHangs,        // has it, and answers too late
    kFlaps,        // takes every other one
  };
  // guarded: a repeat of a message is not sent again, as behind smpp-guard.
  explicit StandInCarrier(std::string name, bool guarded = false);
  ~StandInCarrier();

  const std::string& name() const { return name_; }
  // Writes its row and its file of secrets.
  void set_up(Pg& pg, const std::string& secrets_folder) const;
  void be(Mood mood) { mood_ = mood; }
  void kill();   // nobody listens any more
  void start();  // again, on the same port

  // Messages by how often the handset may have got them.
  std::map<std::string, int> sent() const;
  int64_t count() const { return sent_count_.load(); }
  int64_t asked() const { return asked_.load(); }

 private:
  HttpStandIn::Reply answer(const HttpStandIn::Seen& seen);
  void send(const std::string& message);

  const std::string name_;
  const bool guarded_;
  std::atomic<Mood> mood_{Mood::kTakes};
  std::atomic<int64_t> asked_{0}, sent_count_{0};
  mutable std::mutex mutex_;
  std::map<std::string, int> sent_;
  int port_ = 0;
  std::unique_ptr<HttpStandIn> server_;
};

}  // namespace dundun
