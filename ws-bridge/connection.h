// One client's connection: the upgrade, the frames of RFC 6455 both ways, and a clean end.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "ws-bridge/frame_reader.h"
#include "ws-bridge/handshake.h"
#include "ws-bridge/hub.h"
#include "ws-bridge/loop.h"

namespace dundun {

class Connection : public Socket, private FrameReader::Sink {
 public:
  using Clock = std::chrono::steady_clock;
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void want_write(Connection& connection) = 0;  // write() when the loop is about to wait
    virtual void ended(Connection& connection) = 0;       // may be destroyed, but not at once
  };

  // Takes a connected, non-blocking socket.
  Connection(Loop& loop, Hub& hub, Owner& owner, int fd);
  ~Connection() override;
  Connection(const Connection&) = delete;

  void want_write() override;
  void abort() override;
  void write();                      // what the session has to say
  void tick(Clock::time_point now);  // deadlines, and pings for who is silent
  bool is_upgraded() const { return session_ != nullptr; }

 private:
  enum class Phase {
    kHead,     // of the upgrade request
    kOpen,     // a WebSocket
    kClosing,  // our close frame is on its way or there; the client's may come
    kLinger,   // nothing more to say; the client's end of the stream is awaited
    kEnded,
  };

  void ready(bool can_read, bool can_write);
  void read();
  void take(std::string bytes);
  void read_head();
  void answer_head(const RequestHead& head);
  int status_for(const RequestHead& head) const;
  void open(const RequestHead& head);
  void refuse(int status);
  std::string client_address(const RequestHead& head) const;

  void on_data(std::string_view bytes, bool is_binary, bool ends_frame, bool ends_message) override;
  void on_ping(std::string_view payload) override;
  void on_close(std::string_view payload) override;

  void control(uint8_t opcode, std::string_view payload);
  void say_goodbye();
  void close_with(std::string_view payload, Phase next);
  void flush();
  void linger();
  void end();

  Hub& hub_;
  Owner& owner_;
  const Descriptor socket_;
  FdWatch watch_;
  Phase phase_ = Phase::kHead;
  std::string head_;  // of the upgrade, as far as it came
  FrameReader reader_;
  Session* session_ = nullptr;
  bool is_listed_ = false;  // with the owner, to be written
  std::string unsent_;      // what the socket did not take, and control frames: whole frames
  bool ping_is_out_ = false;
  Clock::time_point heard_at_ = Clock::now();
  Clock::time_point deadline_;
};

}  // namespace dundun
