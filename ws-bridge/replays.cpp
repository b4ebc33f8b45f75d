#include "ws-bridge/replays.h"

#include <algorithm>
#include <utility>

#include "common/journal/events.h"
#include "ws-bridge/channels.h"
#include "ws-bridge/session.h"

namespace dundun {
namespace {

using std::chrono::milliseconds;

// An event is made a moment before Redis gives it its place; the clocks may differ by kSkewMax, and
// a commit may take this long until it is published for the first time.
constexpr milliseconds kHeadStart{100};
constexpr milliseconds kSkewMax{10'000};
constexpr uint64_t kPublishedWithinMs = 60'000;
constexpr milliseconds kReplayRetry{100};
// What a session may have before it that it has not taken yet.
constexpr size_t kBytesAhead = 64 << 10;

// What follows `id` in these events; nullopt: it is not among them.
std::optional<std::string_view> after_event(std::string_view events, const Uuid& id) {
  while (!events.empty()) {
    if (is_event(take_event(events), id)) return events;
  }
  return std::nullopt;
}

}  // namespace

Replays::Replays(Loop& loop, StreamReader& reader, Channels& channels)
    : reader_(reader),
      channels_(channels),
      started_(counter("dundun_ws_replays_total")),
      retry_(loop, [this] {
        std::vector<uint64_t> ids;
        for (const auto& [id, replay] : replays_) ids.push_back(id);
        for (const uint64_t id : ids) {
          const auto entry = replays_.find(id);
          if (entry != replays_.end()) read(id, entry->second);
        }
      }) {}

void Replays::start(Session& session, EventChannel& channel, const Uuid& after) {
  started_.add();
  Channels::begin_replay(channel);
  Replay replay{&session, &channel, after};
  replay.beginnings = channel.beginnings;
  replay.cursor = stream_id_at(created_at(after) - kHeadStart);
  read(session.id(), replays_.emplace(session.id(), replay).first->second);
}

void Replays::end(const Session& session) {
  const auto entry = replays_.find(session.id());
  if (entry == replays_.end()) return;
  Channels::end_replay(*entry->second.channel);
  replays_.erase(entry);
}

void Replays::drained(const Session& session) {
  const auto entry = replays_.find(session.id());
  if (entry == replays_.end() || !entry->second.is_full) return;
  entry->second.is_full = false;
  read(session.id(), entry->second);
}

void Replays::read(uint64_t id, Replay& replay) {
  if (replay.reading || replay.is_full) return;
  replay.reading = true;
  reader_.read(event_stream(replay.channel->name), replay.cursor,
               [this, id](StreamReader::Page page) { on_page(id, std::move(page)); });
}

void Replays::on_page(uint64_t id, StreamReader::Page page) {
  const auto entry = replays_.find(id);
  if (entry == replays_.end()) return;
  Replay& replay = entry->second;
  replay.reading = false;
  if (!replay.session->is_open()) return finish(id);
  if (!page) return retry_.once(kReplayRetry);
  const bool is_last = page->size() < static_cast<size_t>(StreamReader::kPageEntries);
  if (replay.step != Step::kFollow) {
    const StreamId end = page->empty() ? replay.cursor : page->back().id;
    if (!search(replay, *page)) {
      const StreamId wanted = stream_id_at(created_at(replay.after));
      const bool over = is_last || end.ms > wanted.ms + kPublishedWithinMs;
      if (over && replay.step == Step::kSearch) {
        replay.step = Step::kSearchEarlier;
        replay.cursor = stream_id_at(created_at(replay.after) - kSkewMax);
      } else if (over) {
        return give_up(id);
      } else {
        replay.cursor = {end.ms, end.seq + 1};
      }
      return read(id, replay);
    }
  } else if (!goes_on(replay, *page)) {
    return give_up(id);
  }
  give(replay, *page);
  if (is_last && go_live(id, replay)) return;
  replay.is_full = replay.session->queued_bytes() > kBytesAhead;
  read(id, replay);
}

// Leaves in `page` what the session has not seen of it.
bool Replays::search(Replay& replay, std::vector<StreamEntry>& page) {
  for (auto entry = page.begin(); entry != page.end(); ++entry) {
    if (!entry->is_first) continue;
    const auto rest = after_event(entry->events, replay.after);
    if (!rest) continue;
    entry->events = std::string(*rest);
    page.erase(page.begin(), entry);
    replay.step = Step::kFollow;
    return true;
  }
  return false;
}

// The entry that was given last has to be there still. It is taken off.
bool Replays::goes_on(const Replay& replay, std::vector<StreamEntry>& page) {
  if (page.empty() || page.front().id != replay.cursor) return false;
  if (replay.beginnings != replay.channel->beginnings) return false;
  page.erase(page.begin());
  return true;
}

void Replays::give_up(uint64_t id) {
  Session& session = *replays_.at(id).session;
  finish(id);
  channels_.resync(session);
  channels_.listen_after(session, {});
}

void Replays::give(Replay& replay, const std::vector<StreamEntry>& page) {
  for (const StreamEntry& entry : page) {
    channels_.serve_to(*replay.session, entry.events);
    replay.cursor = entry.id;
  }
}

// At the stream's end: what was heard since it was read, and then the session listens.
bool Replays::go_live(uint64_t id, Replay& replay) {
  EventChannel& channel = *replay.channel;
  if (!channel.heard || channel.catching_up || replay.cursor < channel.recent_floor) {
    retry_.once(kReplayRetry);
    return true;
  }
  if (replay.beginnings != channel.beginnings) {
    give_up(id);
    return true;
  }
  for (const StreamEntry& entry : channel.recent) {
    if (entry.id <= replay.cursor) continue;
    channels_.serve_to(*replay.session, entry.events);
    replay.cursor = entry.id;
  }
  Session& session = *replay.session;
  const StreamId place = replay.cursor;
  finish(id);
  channels_.listen_after(session, place);
  return true;
}

void Replays::finish(uint64_t id) {
  const auto entry = replays_.find(id);
  Channels::end_replay(*entry->second.channel);
  replays_.erase(entry);
}

}  // namespace dundun
