// Many outgoing HTTP calls at once on one thread, over kept connections (libcurl's multi
// interface). For URLs that customers wrote: a call connects only to addresses that were checked.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/io/outbound_url.h"

namespace dundun {

// A POST.
struct OutboundCall {
  OutboundUrl url;
  std::vector<IpAddress> addresses;  // of url.host, checked; unused if the host is an address
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds connect_timeout{4000};
  std::chrono::milliseconds timeout{15'000};  // of the whole call
};

struct OutboundReply {
  int status = 0;           // 0: there was no answer, `error` says why
  std::string error;        // in curl's words, without the URL; empty with a status
  std::string answer;       // the first bytes of the body
  std::string retry_after;  // the header as it came
  std::chrono::milliseconds took{0};
};

class HttpMulti {
 public:
  // Limits on an answer's body: how much is read before the connection is cut, and how much is
  // kept.
  static constexpr size_t kAnswerBytesRead = 64 << 10;
  static constexpr size_t kAnswerBytesKept = 256;

  // `rules` outlives this object; every connection's address must pass them.
  HttpMulti(const OutboundRules& rules, int connections_kept);
  ~HttpMulti();  // cuts what is in flight

  // `tag` names the call among the finished ones.
  void start(const OutboundCall& call, uint64_t tag);
  struct Finished {
    uint64_t tag;
    OutboundReply reply;
  };
  // Works until a call has finished, wake() is called, or `patience` is over.
  std::vector<Finished> poll(std::chrono::milliseconds patience);
  void wake();  // from any thread
  int in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dundun
