// The due index in Redis: a hint about what is due and when to look next. PostgreSQL decides. If
// the index is lost, it is built again from the rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/ids.h"
#include "common/io/pg.h"
#include "common/io/redis.h"

namespace dundun {

class DueIndex {
 public:
  DueIndex(Redis& redis, Pg& pg) : redis_(redis), pg_(pg) {}

  struct Hint {
    int64_t account_id;
    Uuid message_id;
    int64_t due_unix_ms;
  };
  struct Look {
    bool up = false;  // Redis answered
    std::vector<Hint> due;
    std::optional<int64_t> next_unix_ms;  // when the next one becomes due
  };
  // The members that are due by the index; they stay until forget(). Rebuilds the index if it was
  // lost.
  Look look(int64_t now_unix_ms, int limit_per_shard);
  void forget(const std::vector<Hint>& members);

 private:
  void rebuild();
  Redis& redis_;
  Pg& pg_;
};

}  // namespace dundun
