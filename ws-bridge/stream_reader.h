// Reads the streams in which Redis keeps published events (common/journal/publisher.h).
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "common/io/redis.h"
#include "ws-bridge/loop.h"

namespace dundun {

// A place in a stream: "1763712000123-0".
struct StreamId {
  uint64_t ms = 0;
  uint64_t seq = 0;
  auto operator<=>(const StreamId&) const = default;
};
std::optional<StreamId> parse_stream_id(std::string_view text);
// The first place of this millisecond.
StreamId stream_id_at(Instant at);

struct StreamEntry {
  StreamId id;
  std::string events;    // one a line; empty: an anchor
  bool is_first = true;  // published for the first time
};

// Asks Redis on its own connection and thread; many questions share one round trip.
class StreamReader {
 public:
  // The most entries of a page; a page with fewer is the last.
  static constexpr int kPageEntries = 8;

  // nullopt: Redis did not answer.
  using Page = std::optional<std::vector<StreamEntry>>;
  using Done = std::function<void(Page)>;

  StreamReader(Loop& loop, Redis::Options options);
  ~StreamReader();  // waits for the round trip under way; calls no one any more
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  // A page from `from` on, `from` included: if that entry is there, nothing after it was trimmed or
  // flushed.
  void read(const std::string& stream, StreamId from, Done done);
  // The last entry, without its events. An empty stream gets an entry without events, so that there
  // is a place to continue from.
  void find_end(const std::string& stream, Done done);

 private:
  struct Question {
    RedisCommand command;
    int entries;  // with their events, that the answer may have
    Done done;
  };
  struct Job {
    std::vector<Question> questions;
    std::vector<Page> pages;
  };
  void ask(Question question);
  void start();
  void run(Job& job);

  Loop& loop_;
  Redis redis_;
  std::deque<Question> waiting_;
  bool running_ = false;
  bool closing_ = false;
};

}  // namespace dundun
