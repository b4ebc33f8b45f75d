// The listening side: accepts connections and keeps them.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "ws-bridge/connection.h"
#include "ws-bridge/hub.h"
#include "ws-bridge/loop.h"

namespace dundun {

class Server : public Connection::Owner {
 public:
  // Binds the address of the hub's settings. kUnavailable if that cannot be done.
  static Result<std::unique_ptr<Server>> create(Loop& loop, Hub& hub);
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  Server(Loop& loop, Hub& hub, int listener);
  void accept_some();
  void want_write(Connection& connection) override;
  void ended(Connection& connection) override;
  void write_all();
  void bury();
  void tick();

  Loop& loop_;
  Hub& hub_;
  const Descriptor listener_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> to_write_;  // have something to say
  std::vector<Connection*> dead_;
  int turns_put_off_ = 0;
  BeforeWait before_wait_;
  Timer tick_timer_;
  FdWatch accepts_;
};

}  // namespace dundun
