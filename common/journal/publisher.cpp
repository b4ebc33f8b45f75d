#include "common/journal/publisher.h"

#include <algorithm>
#include <span>
#include <utility>

namespace dundun {
namespace {

// Beyond this Redis is too slow or down: newer batches wait in the outbox instead of in memory.
constexpr size_t kWaitingBatchesMax = 1000;

// Large batches are split, so that a limit on entries also limits the bytes of a stream and of a
// page that a reader takes.
constexpr size_t kPieceBytes = 16 << 10;

// KEYS a stream and its channel for each piece; ARGV entries to keep, field, seconds to live, and
// the pieces. EVAL, not EVALSHA: a restarted Redis must not cost a second round trip, and the
// script is short. Two messages a piece, because Lua hashes every string it makes: one of id and
// events would cost more than all the rest.
constexpr const char* kPublish =
    "for i = 1, #KEYS / 2 do "
    "local stream, channel, events = KEYS[2 * i - 1], KEYS[2 * i], ARGV[i + 3] "
    "local id = redis.call('XADD', stream, 'MAXLEN', '~', ARGV[1], '*', ARGV[2], events) "
    "redis.call('EXPIRE', stream, ARGV[3]) "
    "redis.call('PUBLISH', channel, id) "
    "redis.call('PUBLISH', channel, events) end";

// To start a script costs Redis as much as a piece. Others wait for so many pieces at most, some
// half a millisecond.
constexpr size_t kPiecesAtOnce = 64;

// The next events of a payload: whole lines, at least one.
std::string_view take_piece(std::string_view& payload) {
  size_t end = payload.size();
  if (end > kPieceBytes) {
    end = payload.rfind('\n', kPieceBytes);
    if (end == std::string_view::npos) end = std::min(payload.find('\n'), payload.size());
  }
  const std::string_view piece = payload.substr(0, end);
  payload.remove_prefix(std::min(end + 1, payload.size()));
  return piece;
}

}  // namespace

std::string due_key(int64_t account_id) { return "due:" + std::to_string(account_id % kDueShards); }

std::string due_member(int64_t account_id, const Uuid& message_id) {
  return std::to_string(account_id) + ":" + to_string(message_id);
}

std::vector<RedisCommand> publish_commands(const Publication& publication,
                                           const StreamLimits& limits, Publishing publishing) {
  struct Piece {
    const std::string* channel;
    std::string_view events;
  };
  std::vector<Piece> pieces;
  for (const Publication::Channel& channel : publication.channels()) {
    std::string_view payload = channel.payload;
    while (!payload.empty()) pieces.push_back({&channel.name, take_piece(payload)});
  }
  std::vector<RedisCommand> commands;
  for (size_t at = 0; at < pieces.size(); at += kPiecesAtOnce) {
    const auto together =
        std::span(pieces).subspan(at, std::min(kPiecesAtOnce, pieces.size() - at));
    RedisCommand& command =
        commands.emplace_back(RedisCommand{"EVAL", kPublish, std::to_string(2 * together.size())});
    for (const Piece& piece : together) {
      command.push_back(event_stream(*piece.channel));
      command.push_back(*piece.channel);
    }
    command.push_back(std::to_string(limits.entries_max));
    command.push_back(publishing == Publishing::kFirst ? "e" : "r");
    command.push_back(std::to_string(limits.kept_for.count()));
    for (const Piece& piece : together) command.emplace_back(piece.events);
  }
  return commands;
}

Publisher::Publisher(Redis::Options options, StreamLimits limits)
    : redis_(std::move(options)), limits_(limits), thread_([this] { run(); }) {}

Publisher::~Publisher() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Publisher::publish(Work work) {
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= kWaitingBatchesMax) return;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
}

std::vector<Uuid> Publisher::take_published() {
  std::lock_guard lock(mutex_);
  return std::exchange(published_, {});
}

void Publisher::flush() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void Publisher::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::deque<Work> works = std::exchange(queue_, {});
    busy_ = true;
    lock.unlock();
    publish_all(works);
    lock.lock();
    busy_ = false;
    idle_.notify_all();
  }
}

void Publisher::publish_all(std::deque<Work>& works) {
  std::vector<RedisCommand> commands;
  for (const Work& work : works) {
    for (RedisCommand& command : publish_commands(work.publication, limits_, Publishing::kFirst)) {
      commands.push_back(std::move(command));
    }
    for (const DueHint& hint : work.due_hints) {
      commands.push_back({"ZADD", due_key(hint.account_id), std::to_string(hint.due_unix_ms),
                          due_member(hint.account_id, hint.message_id)});
    }
  }
  if (commands.empty()) return;
  // A Redis that is full refuses: then the scheduler tries again until it takes them.
  if (!redis_.run_pipeline(commands)) return;
  std::lock_guard lock(mutex_);
  for (const Work& work : works) {
    if (!work.outbox_id.is_nil()) published_.push_back(work.outbox_id);
  }
}

}  // namespace dundun
