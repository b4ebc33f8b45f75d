// A real Kannel (bearerbox and smsbox) with smpp-guard before it, by the shipped configuration, on
// ports and a folder of its own; and the carrier that makes a service use it.
#pragma once

#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/stack.h"

namespace dundun {

bool port_is_open(int port);

class KannelGateway {
 public:
  // smsc_port: where the guard connects to; receipts come to 127.0.0.1:callback_port.
  // guard_arguments: ANSWER_S, KEEP_S and options (deploy/kannel.md).
  KannelGateway(int smsc_port, int callback_port,
                std::vector<std::string> guard_arguments = {"2", "--doubt-s=5"});
  ~KannelGateway();

  // Call before start(): a transmitter's and a receiver's link instead of one for both.
  void split_binds() { split_ = true; }
  void start();
  void kill_bearerbox();  // kill -9 of both boxes, and a new start
  void kill_boxes();
  void start_boxes();
  void kill_guard();
  std::string secrets_folder() const { return folder_ + "/carriers"; }
  std::string sendsms_url() const;
  // Writes the carrier `kannel` and lets these countries' routes leave by it.
  void take_over(Pg& pg, const std::string& redis_url, bool guarded = true) const;

 private:
  void split_links() const;
  void start_guard();
  std::string folder_;
  bool split_ = false;
  int smsc_port_, callback_port_;
  std::vector<std::string> guard_arguments_;
  int admin_port_, smsbox_port_, sendsms_port_, guard_port_;
  Process guard_, bearerbox_, smsbox_;
};

}  // namespace dundun
