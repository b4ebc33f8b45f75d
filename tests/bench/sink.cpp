// A customer's server for the webhook benchmark: answers 200 to every request on 127.0.0.1:PORT
// over kept connections, to targets that begin with /slow a second later. Usage: bench_sink PORT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace {

using Clock = std::chrono::steady_clock;
constexpr char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::unordered_map<int, std::string> unread;
std::deque<std::pair<Clock::time_point, int>> late;  // in the order of their times

void answer(int fd) { (void)send(fd, kAnswer, sizeof kAnswer - 1, MSG_NOSIGNAL); }

// Takes whole requests off the front of what was read.
void serve(int fd, std::string& text) {
  while (true) {
    const size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const size_t field = text.find("Content-Length: ");
    const size_t length = field < head ? std::strtoull(text.c_str() + field + 16, nullptr, 10) : 0;
    if (text.size() < head + 4 + length) return;
    if (text.starts_with("POST /slow")) {
      late.emplace_back(Clock::now() + std::chrono::seconds(1), fd);
    } else {
      answer(fd);
    }
    text.erase(0, head + 4 + length);
  }
}

void read_from(int fd) {
  char bytes[65536];
  const ssize_t size = recv(fd, bytes, sizeof bytes, 0);
  if (size <= 0) {
    unread.erase(fd);
    std::erase_if(late, [fd](const auto& one) { return one.second == fd; });
    close(fd);
    return;
  }
  std::string& text = unread[fd];
  text.append(bytes, static_cast<size_t>(size));
  serve(fd, text);
}

}  // namespace

int main(int, char** arguments) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::atoi(arguments[1])));
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 4096) != 0) {
    std::perror("bench_sink");
    return 1;
  }
  const int poller = epoll_create1(0);
  epoll_event wanted{.events = EPOLLIN, .data = {.fd = listener}};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wanted);
  while (true) {
    epoll_event events[256];
    const int ready = epoll_wait(poller, events, 256, late.empty() ? -1 : 5);
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.fd != listener) {
        read_from(events[i].data.fd);
        continue;
      }
      const int fd = accept4(listener, nullptr, nullptr, 0);
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      wanted.data.fd = fd;
      epoll_ctl(poller, EPOLL_CTL_ADD, fd, &wanted);
    }
    while (!late.empty() && late.front().first <= Clock::now()) {
      answer(late.front().second);
      late.pop_front();
    }
  }
}
