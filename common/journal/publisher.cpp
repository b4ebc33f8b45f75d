#include "common/journal/publisher.h"

#include <utility>

namespace dundun {
namespace {

// Beyond this Redis is too slow or down: newer batches wait in the outbox instead of in memory.
constexpr size_t kWaitingBatchesMax = 1000;

}  // namespace

std::string due_key(int64_t account_id) { return "due:" + std::to_string(account_id % kDueShards); }

std::string due_member(int64_t account_id, const Uuid& message_id) {
  return std::to_string(account_id) + ":" + to_string(message_id);
}

std::vector<RedisCommand> publish_commands(const Publication& publication) {
  std::vector<RedisCommand> commands;
  for (const Publication::Channel& channel : publication.channels()) {
    commands.push_back({"PUBLISH", channel.name, channel.payload});
  }
  return commands;
}

Publisher::Publisher(Redis::Options options)
    : redis_(std::move(options)), thread_([this] { run(); }) {}

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

bool Publisher::has_published() {
  std::lock_guard lock(mutex_);
  return !published_.empty();
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
    for (RedisCommand& command : publish_commands(work.publication)) {
      commands.push_back(std::move(command));
    }
    for (const DueHint& hint : work.due_hints) {
      commands.push_back({"ZADD", due_key(hint.account_id), std::to_string(hint.due_unix_ms),
                          due_member(hint.account_id, hint.message_id)});
    }
  }
  if (commands.empty() || !redis_.run_pipeline(commands)) return;
  std::lock_guard lock(mutex_);
  for (const Work& work : works) {
    if (!work.outbox_id.is_nil()) published_.push_back(work.outbox_id);
  }
}

}  // namespace dundun
