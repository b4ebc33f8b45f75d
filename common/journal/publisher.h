// Hands committed events to Redis. What cannot be published stays in the outbox; the scheduler
// publishes it later under the same event ids.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/ids.h"
#include "common/io/redis.h"
#include "common/journal/due_hint.h"
#include "common/journal/events.h"
#include "common/journal/stream_limits.h"

namespace dundun {

// "due:<shard>": the sorted set that an account's due messages live in.
inline constexpr int kDueShards = 16;
std::string due_key(int64_t account_id);
// "<account>:<message uuid>"
std::string due_member(int64_t account_id, const Uuid& message_id);

// How events reach Redis. One atomic step makes of each piece of a channel's events an entry of the
// channel's stream and two messages on the channel: the entry's id, and the events. So stream and
// channel have one order, and a listener can tell what it missed. Pieces of many channels are one
// command.
enum class Publishing {
  kFirst,
  // Perhaps published before: the field is "r" instead of "e". An event that is found only in such
  // an entry does not prove what followed its first publication.
  kAgain,
};
std::vector<RedisCommand> publish_commands(const Publication& publication,
                                           const StreamLimits& limits, Publishing publishing);

class Publisher {
 public:
  Publisher(Redis::Options options, StreamLimits limits);
  ~Publisher();  // tries once to publish what waits

  struct Work {
    Uuid outbox_id;
    Publication publication;
    std::vector<DueHint> due_hints;
  };
  void publish(Work work);
  // Outbox rows whose events are published. The caller deletes them with its next batch.
  std::vector<Uuid> take_published();
  void flush();

 private:
  void run();
  void publish_all(std::deque<Work>& works);

  Redis redis_;
  const StreamLimits limits_;
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::deque<Work> queue_;
  std::vector<Uuid> published_;
  bool stopping_ = false;
  bool busy_ = false;
  std::thread thread_;
};

}  // namespace dundun
