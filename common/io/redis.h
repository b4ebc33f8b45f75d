// Redis through hiredis, synchronous, with deadlines. Redis may fail at any time, so every caller
// can go on without it. One that answers with an error (a replica, one that loads, is full or does
// not know us) is no better than none: its word is never taken for a yes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace dundun {

struct RedisReply {
  enum class Kind { kNil, kString, kInteger, kArray };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;  // string or status
  std::vector<RedisReply> items;
};

using RedisCommand = std::vector<std::string>;  // argv form, binary-safe

// Not thread-safe. After a failure or an error reply the connection is dropped, and calls fail at
// once (kUnavailable) for retry_after. Then one call tries to connect again.
class Redis {
 public:
  struct Options {
    std::string url;  // REDIS_URL (common/base/redis_url.h)
    std::chrono::milliseconds timeout{200};
    std::chrono::milliseconds retry_after{500};
  };
  explicit Redis(Options options);
  ~Redis();
  Redis(Redis&&) noexcept;

  Result<RedisReply> run(const RedisCommand& command);
  // All commands in one round trip. The replies are in order. If one of them is an error, some of
  // the others may have been executed.
  Result<std::vector<RedisReply>> run_pipeline(std::span<const RedisCommand> commands);
  bool up() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dundun
