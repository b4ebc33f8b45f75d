// A binary's table of endpoints: method, path, right, handler. A literal segment wins over {…}.
#pragma once

#include "common/web/app.h"
#include "common/web/caller.h"
#include "common/web/request.h"
#include "common/web/task.h"

namespace dundun {

class Snapshot;

enum class Access {
  kPublic,  // no key
  kLocal,   // only on the metrics listener (nginx passes LOCAL_LISTENER=1)
  // A key with the scope, or a user whose role has the right:
  kQuery,
  kSend,
  kWebhooks,
  kManage,  // scope admin; owners
  // Users only:
  kSession,   // every user who is logged in
  kOwner,     // owners of the account
  kPlatform,  // admins of the platform
};

// Everything a handler is given; lives until the handler's task has ended.
struct Context {
  const Request& request;
  const Caller& caller;      // of an empty key for kPublic
  const Snapshot& snapshot;  // the configuration this request is decided by
  App& app;
};

// A handler that answers at once may block its thread for a moment: it reads. One that awaits a
// commit, a carrier or a password's hash is a coroutine, and keeps no thread meanwhile.
struct Handler {
  using AtOnce = Result<Response> (*)(Context& context);
  using Later = Task<Response> (*)(Context& context);

  constexpr Handler(AtOnce function) : at_once(function) {}
  constexpr Handler(Later function) : later(function) {}

  AtOnce at_once = nullptr;  // one of the two is set
  Later later = nullptr;
};

struct Endpoint {
  Method method;
  const char* path;  // "/messages/{id}", without the base; reachable under /api and /v1,
                     // and bare when bare is set (/healthz)
  Access access;
  Handler handler;
  bool bare = false;
};

}  // namespace dundun
