#include "tests/support/ws_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace dundun {
namespace {

using Clock = std::chrono::steady_clock;

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return -1;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

int connect_tcp(const std::string& host_port) {
  const size_t colon = host_port.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(host_port.c_str() + colon + 1)));
  const std::string host = host_port.substr(0, colon);
  inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &address.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

int open_socket(const std::string& address) {
  constexpr std::string_view kUnix = "unix:";
  return address.starts_with(kUnix) ? connect_unix(address.substr(kUnix.size()))
                                    : connect_tcp(address);
}

// A fixed mask is as good as a random one towards a server under test.
constexpr unsigned char kMask[4] = {0x37, 0xfa, 0x21, 0x3d};

uint64_t big_endian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

WsClient::WsClient(const Options& options) : fd_(open_socket(options.address)) {
  if (fd_ >= 0) upgrade(options);
}

WsClient::~WsClient() { hang_up(); }

WsClient::WsClient(WsClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      status_(other.status_),
      close_code_(other.close_code_),
      buffer_(std::move(other.buffer_)),
      last_pong_(std::move(other.last_pong_)) {}

WsClient& WsClient::operator=(WsClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(status_, other.status_);
  std::swap(close_code_, other.close_code_);
  buffer_.swap(other.buffer_);
  last_pong_.swap(other.last_pong_);
  return *this;
}

void WsClient::hang_up() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void WsClient::upgrade(const Options& options) {
  std::string request = "GET " + options.path + " HTTP/1.1\r\nHost: " + options.host +
                        "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n";
  for (const std::string& header : options.headers) request += header + "\r\n";
  request += "\r\n";
  const Deadline deadline = Clock::now() + kPatience;
  size_t end = std::string::npos;
  if (!send_raw(request)) return;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more(deadline)) return;
  }
  status_ = std::atoi(buffer_.c_str() + std::min(buffer_.size(), std::strlen("HTTP/1.1 ")));
  buffer_.erase(0, end + 4);
}

bool WsClient::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool WsClient::send_frame(uint8_t opcode, std::string_view payload, Last last) {
  std::string frame;
  frame += static_cast<char>(opcode | (last == Last::kYes ? 0x80 : 0));
  const int length_bytes = payload.size() < 126 ? 0 : payload.size() < 65'536 ? 2 : 8;
  const size_t marker = length_bytes == 0 ? payload.size() : length_bytes == 2 ? 126 : 127;
  frame += static_cast<char>(0x80 | marker);
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) {
    frame += static_cast<char>(payload.size() >> shift & 0xff);
  }
  frame.append(reinterpret_cast<const char*>(kMask), sizeof kMask);
  for (size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ kMask[i % sizeof kMask]);
  }
  return send_raw(frame);
}

bool WsClient::read_more(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd readable{fd_, POLLIN, 0};
  const int ready = poll(&readable, 1, static_cast<int>(std::max<int64_t>(0, left.count())));
  if (ready < 0) return errno == EINTR;
  if (ready == 0) return false;
  char chunk[65'536];
  const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
  if (size > 0) {
    buffer_.append(chunk, static_cast<size_t>(size));
    return true;
  }
  if (close_code_ == 0) close_code_ = 1006;
  return false;
}

std::optional<WsClient::Received> WsClient::take_frame() {
  if (buffer_.size() < 2) return std::nullopt;
  size_t header = 2;
  uint64_t length = static_cast<unsigned char>(buffer_[1]) & 0x7f;
  if (length >= 126) {
    const size_t bytes = length == 126 ? 2 : 8;
    if (buffer_.size() < header + bytes) return std::nullopt;
    length = big_endian(std::string_view(buffer_).substr(header, bytes));
    header += bytes;
  }
  if (buffer_.size() - header < length) return std::nullopt;
  Received frame{static_cast<uint8_t>(buffer_[0] & 0x0f), buffer_.substr(header, length)};
  buffer_.erase(0, header + length);
  return frame;
}

std::optional<WsClient::Received> WsClient::next_frame(Deadline deadline) {
  while (close_code_ == 0) {
    auto frame = take_frame();
    if (!frame) {
      if (fd_ < 0 || !read_more(deadline)) return std::nullopt;
      continue;
    }
    if (frame->opcode == kClose) {
      close_code_ = frame->payload.size() < 2
                        ? 1005
                        : static_cast<int>(big_endian(frame->payload.substr(0, 2)));
      send_frame(kClose, frame->payload.substr(0, 2));
    } else if (frame->opcode == kPing) {
      send_frame(kPong, frame->payload);
    } else if (frame->opcode == kPong) {
      last_pong_ = frame->payload;
    }
    return frame;
  }
  return std::nullopt;
}

std::optional<std::string> WsClient::next_text(std::chrono::milliseconds patience) {
  const Deadline deadline = Clock::now() + patience;
  while (auto frame = next_frame(deadline)) {
    if (frame->opcode == kText) return std::move(frame->payload);
  }
  return std::nullopt;
}

std::optional<std::string> WsClient::next_text_with(std::string_view part,
                                                    std::chrono::milliseconds patience) {
  const Deadline deadline = Clock::now() + patience;
  while (auto frame = next_frame(deadline)) {
    if (frame->opcode == kText && frame->payload.find(part) != std::string::npos) {
      return std::move(frame->payload);
    }
  }
  return std::nullopt;
}

std::optional<int> WsClient::close_code(std::chrono::milliseconds patience) {
  const Deadline deadline = Clock::now() + patience;
  while (next_frame(deadline)) {
  }
  return close_code_ == 0 ? std::nullopt : std::optional<int>(close_code_);
}

}  // namespace dundun
