#include "scheduler/due_index.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "common/base/log.h"
#include "common/journal/publisher.h"
#include "sql/dispatch.h"

namespace dundun {
namespace {

constexpr const char* kBuiltMarker = "due:built";
constexpr int64_t kRebuildChunk = 5000;

std::optional<DueIndex::Hint> parse_hint(const std::string& member, const std::string& score) {
  const size_t colon = member.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::optional<Uuid> id = parse_uuid(std::string_view(member).substr(colon + 1));
  if (!id) return std::nullopt;
  return DueIndex::Hint{std::strtoll(member.c_str(), nullptr, 10), *id,
                        std::strtoll(score.c_str(), nullptr, 10)};
}

}  // namespace

DueIndex::Look DueIndex::look(int64_t now_unix_ms, int limit_per_shard) {
  const std::string now = std::to_string(now_unix_ms);
  std::vector<RedisCommand> commands{{"EXISTS", kBuiltMarker}};
  for (int shard = 0; shard < kDueShards; ++shard) {
    const std::string key = due_key(shard);
    commands.push_back({"ZRANGEBYSCORE", key, "-inf", now, "WITHSCORES", "LIMIT", "0",
                        std::to_string(limit_per_shard)});
    commands.push_back({"ZRANGEBYSCORE", key, "(" + now, "+inf", "WITHSCORES", "LIMIT", "0", "1"});
  }
  Look look;
  auto replies = redis_.run_pipeline(commands);
  if (!replies) return look;
  look.up = true;
  if ((*replies)[0].integer == 0) rebuild();
  for (size_t i = 1; i < replies->size(); i += 2) {
    const auto& due = (*replies)[i].items;
    for (size_t n = 0; n + 1 < due.size(); n += 2) {
      if (auto hint = parse_hint(due[n].text, due[n + 1].text)) look.due.push_back(*hint);
    }
    const auto& next = (*replies)[i + 1].items;
    if (next.size() != 2) continue;
    const int64_t score = std::strtoll(next[1].text.c_str(), nullptr, 10);
    look.next_unix_ms = std::min(look.next_unix_ms.value_or(score), score);
  }
  return look;
}

void DueIndex::forget(const std::vector<Hint>& members) {
  std::vector<RedisCommand> commands;
  for (const Hint& hint : members) {
    commands.push_back(
        {"ZREM", due_key(hint.account_id), due_member(hint.account_id, hint.message_id)});
  }
  if (!commands.empty()) (void)redis_.run_pipeline(commands);
}

// The marker is set first: rows that come meanwhile add themselves, and ZADD twice is harmless.
void DueIndex::rebuild() {
  constexpr auto& col = sql::waiting_page;
  log(LogLevel::kWarning, "due_index_rebuild");
  if (!redis_.run({"SET", kBuiltMarker, "1"})) return;
  int64_t account_id = 0;
  Uuid message_id;
  while (true) {
    auto rows = pg_.run(sql::waiting_page, {account_id, message_id, kRebuildChunk});
    if (!rows || rows->size() == 0) return;
    std::vector<RedisCommand> commands;
    for (int row = 0; row < rows->size(); ++row) {
      account_id = rows->i64(row, col.account_id);
      message_id = rows->uuid(row, col.message_id);
      commands.push_back({"ZADD", due_key(account_id),
                          std::to_string(rows->i64(row, col.due_at_ms)),
                          due_member(account_id, message_id)});
    }
    if (!redis_.run_pipeline(commands)) return;
  }
}

}  // namespace dundun
