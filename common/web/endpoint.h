// A binary's table of endpoints: method, path, what it asks of its caller, handler. A literal
// segment wins over {…}.
#pragma once

#include <cstddef>

#include "common/base/task.h"
#include "common/identity/authorization.h"
#include "common/identity/caller.h"
#include "common/web/request.h"
#include "common/web/services.h"

namespace dundun {

class Snapshot;

// Everything a handler is given; lives until the handler's task has ended.
struct Context {
  const Request& request;
  const Caller& caller;      // of an empty key for kPublic
  const Snapshot& snapshot;  // the configuration this request is decided by
  Services& services;
};

// A handler that answers at once may block its thread for a moment: it reads. One that awaits a
// commit, a carrier or a password's hash is a coroutine, and keeps no thread meanwhile.
struct Handler {
  using AtOnce = Result<Response> (*)(Context& context);
  using Later = Task<Response> (*)(Context& context);

  constexpr Handler(AtOnce function) : at_once(function) {}
  constexpr Handler(Later function) : later(function) {}
  constexpr Handler(std::nullptr_t) {}  // of a table that is only read

  AtOnce at_once = nullptr;  // at most one of the two is set
  Later later = nullptr;
  bool calls_out = false;
};

// A handler that asks another host and waits for it. It begins on a thread that is there for that:
// a host that hangs holds up nobody but those who need it.
constexpr Handler calls_out(Handler handler) {
  handler.calls_out = true;
  return handler;
}

struct Endpoint {
  Method method;
  const char* path;  // "/messages/{id}", without the base; reachable under /api and /v1,
                     // and bare when bare is set (/healthz)
  Demand demand;
  Handler handler;
  bool bare = false;
};

}  // namespace dundun
