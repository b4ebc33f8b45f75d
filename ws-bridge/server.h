// The listening side: libwebsockets on the bridge's loop.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "ws-bridge/hub.h"
#include "ws-bridge/loop.h"

struct lws_context;

namespace dundun {

struct ServerState;

class Server {
 public:
  // Binds the address of the hub's settings. kUnavailable if that cannot be done.
  static Result<std::unique_ptr<Server>> create(Loop& loop, Hub& hub);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  Server(Loop& loop, Hub& hub);
  Status listen();

  Loop& loop_;
  std::unique_ptr<ServerState> state_;
  BeforeWait before_wait_;
  lws_context* context_ = nullptr;
};

}  // namespace dundun
