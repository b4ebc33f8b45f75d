// Redis through hiredis, synchronous, with deadlines. Redis may fail at any time: every caller
// has a way without it.
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
  enum class Kind { kNil, kString, kInteger, kArray, kError };
  Kind kind = Kind::kNil;
  int64_t integer = 0;
  std::string text;  // string, status or error
  std::vector<RedisReply> items;
};

using RedisCommand = std::vector<std::string>;  // argv form, binary-safe

// Not thread-safe. After a failure the link is dropped and calls fail at once (kUnavailable) for
// retry_after; then one call tries to connect again.
class Redis {
 public:
  struct Options {
    std::string url;  // unix:/path or redis://host:port
    std::chrono::milliseconds timeout{200};
    std::chrono::milliseconds retry_after{500};
  };
  explicit Redis(Options options);
  ~Redis();
  Redis(Redis&&) noexcept;

  Result<RedisReply> run(const RedisCommand& command);
  // All in one round trip; replies in order, errors of single commands as kError replies.
  Result<std::vector<RedisReply>> run_pipeline(std::span<const RedisCommand> commands);
  bool up() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dundun
