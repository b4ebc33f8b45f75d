// One outgoing HTTP call through libcurl: blocking, with deadlines and a limit on the answer's
// size.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace dundun {

struct HttpCall {
  std::string method = "GET";
  std::string url;  // http or https; certificates are verified, redirects not followed
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // sent unless the method is GET
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds timeout{8000};  // of the whole call
  size_t answer_bytes_max = 1 << 20;
};

struct HttpReply {
  int status = 0;  // any; the caller decides which ones are good
  std::string body;
  int64_t retry_after_s = 0;  // of the header Retry-After; 0: none
  // Names in lower case. Filled by HttpPoster only.
  std::vector<std::pair<std::string, std::string>> headers{};
};

// kInvalidRequest for another scheme or a header with a line break. kUnavailable if no whole answer
// comes in time, or if it is too large. Thread-safe.
Result<HttpReply> http_call(const HttpCall& call);

}  // namespace dundun
