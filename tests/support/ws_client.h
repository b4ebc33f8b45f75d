// A small blocking WebSocket client for tests (RFC 6455), on a plain socket so that it can also
// do what no browser would.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

class WsClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{30'000};

  struct Options {
    std::string address;  // unix:/path or host:port
    std::string path = "/ws";
    std::string host = "localhost";
    std::vector<std::string> headers{};  // "Origin: http://shop.example"
  };

  // Connects and asks for the upgrade; status() says how that ended.
  explicit WsClient(const Options& options);
  ~WsClient();
  WsClient(WsClient&& other) noexcept;
  WsClient& operator=(WsClient&& other) noexcept;

  int status() const { return status_; }  // 101 if this is a WebSocket now; 0: nobody answered

  // False once the connection is gone.
  bool send_text(std::string_view payload) { return send_frame(kText, payload); }
  static constexpr uint8_t kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9,
                           kPong = 10;
  enum class Last { kNo, kYes };
  bool send_frame(uint8_t opcode, std::string_view payload, Last last = Last::kYes);
  bool send_raw(std::string_view bytes);

  // The next text message; nullopt if none came in time or the connection ended. Answers pings
  // on the way.
  std::optional<std::string> next_text(std::chrono::milliseconds patience = kPatience);
  // The next text message that contains `part`; the others are dropped.
  std::optional<std::string> next_text_with(std::string_view part,
                                            std::chrono::milliseconds patience = kPatience);
  // Reads on until the server's close frame (its code, 1005 if it bears none) or the bare end of
  // the connection (1006). nullopt: still open when patience ran out.
  std::optional<int> close_code(std::chrono::milliseconds patience = kPatience);
  // The connection is known to be over.
  bool ended() const { return fd_ < 0 || close_code_ != 0; }
  // Payload of the last pong.
  const std::string& last_pong() const { return last_pong_; }
  // The connection's end without a close frame.
  void hang_up();

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  struct Received {
    uint8_t opcode;
    std::string payload;
  };

  bool read_more(Deadline deadline);
  std::optional<Received> take_frame();
  std::optional<Received> next_frame(Deadline deadline);
  void upgrade(const Options& options);

  int fd_ = -1;
  int status_ = 0;
  int close_code_ = 0;
  std::string buffer_;
  std::string last_pong_;
};

}  // namespace dundun
