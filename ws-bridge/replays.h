// Replays. A session that names the last event it saw gets the events after it, in order, and then
// goes on live, without a gap or a repetition.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/base/ids.h"
#include "common/base/metrics.h"
#include "ws-bridge/stream_reader.h"

namespace dundun {

class Channels;
class Session;
struct EventChannel;

// The stream is read page by page; the next page is read when the session has taken the last. So a
// thousand sessions that come back at once use bounded memory. If its event is not found among the
// entries of about its time, the session is told resync_required.
class Replays {
 public:
  Replays(Loop& loop, StreamReader& reader, Channels& channels);

  void start(Session& session, EventChannel& channel, const Uuid& after);
  void end(const Session& session);  // it left
  void drained(const Session& session);

 private:
  enum class Step {
    kSearch,         // for the event, from just before it was made
    kSearchEarlier,  // from some seconds earlier, because the clocks of hosts differ
    kFollow,         // from the cursor, the entry that was given last
  };
  struct Replay {
    Session* session;
    EventChannel* channel;
    Uuid after;
    int beginnings = 0;  // the channel's, when this replay started
    Step step = Step::kSearch;
    StreamId cursor{};
    bool reading = false;
    bool is_full = false;  // waits until the session has sent what it has
  };

  void read(uint64_t id, Replay& replay);
  void on_page(uint64_t id, StreamReader::Page page);
  // False: the session cannot be served from the stream.
  bool search(Replay& replay, std::vector<StreamEntry>& page);
  static bool goes_on(const Replay& replay, std::vector<StreamEntry>& page);
  void give_up(uint64_t id);
  void give(Replay& replay, const std::vector<StreamEntry>& page);
  bool go_live(uint64_t id, Replay& replay);
  void finish(uint64_t id);

  StreamReader& reader_;
  Channels& channels_;
  Counter& started_;
  std::unordered_map<uint64_t, Replay> replays_;  // by session id
  Timer retry_;
};

}  // namespace dundun
