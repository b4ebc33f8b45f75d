#include "tests/support/http_stand_in.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

#include "tests/support/documented.h"

namespace dundun {
namespace {

bool read_some(int fd, std::string& text) {
  char bytes[8192];
  const ssize_t size = recv(fd, bytes, sizeof bytes, 0);
  if (size > 0) text.append(bytes, static_cast<size_t>(size));
  return size > 0;
}

bool read_request(int fd, HttpStandIn::Seen& seen) {
  std::string text;
  size_t end = 0;
  while ((end = text.find("\r\n\r\n")) == std::string::npos) {
    if (!read_some(fd, text)) return false;
  }
  std::istringstream head(text.substr(0, end));
  std::string line;
  head >> seen.method >> seen.target;
  std::getline(head, line);
  while (std::getline(head, line)) {
    std::string name = line.substr(0, line.find(':'));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string value = line.substr(std::min(line.size(), name.size() + 2));
    if (value.ends_with('\r')) value.pop_back();
    seen.headers[name] = value;
  }
  seen.body = text.substr(end + 4);
  const size_t length = std::strtoull(seen.headers["content-length"].c_str(), nullptr, 10);
  while (seen.body.size() < length) {
    if (!read_some(fd, seen.body)) return false;
  }
  return true;
}

}  // namespace

HttpStandIn::HttpStandIn(Play play, int port) : play_(std::move(play)) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int again = 1;
  (void)setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
  socklen_t size = sizeof address;
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd_, 64) != 0 ||
      getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

HttpStandIn::~HttpStandIn() {
  stopping_ = true;
  thread_.join();
  for (std::thread& serving : serving_) serving.join();
  close(fd_);
}

void HttpStandIn::play(Play play) {
  std::lock_guard lock(mutex_);
  play_ = std::move(play);
}

std::vector<HttpStandIn::Seen> HttpStandIn::seen() {
  std::lock_guard lock(mutex_);
  return seen_;
}

void HttpStandIn::run() {
  while (!stopping_) {
    pollfd readable{fd_, POLLIN, 0};
    if (poll(&readable, 1, 20) <= 0) continue;
    const int fd = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0) serving_.emplace_back([this, fd] { serve(fd); });
  }
}

void HttpStandIn::serve(int fd) {
  Seen seen;
  if (read_request(fd, seen)) {
    if (seen.headers.contains("x-webhook-signature")) expect_documented_event(seen.body);
    Play play;
    {
      std::lock_guard lock(mutex_);
      seen_.push_back(seen);
      play = play_;
    }
    const Reply reply = play(seen);
    const std::string text =
        "HTTP/1.1 " + std::to_string(reply.status) + " Reply\r\n" + reply.headers +
        "Connection: close\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
        reply.body;
    (void)send(fd, text.data(), text.size(), MSG_NOSIGNAL);
  }
  close(fd);
}

}  // namespace dundun
