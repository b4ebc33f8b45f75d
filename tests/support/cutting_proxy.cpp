#include "tests/support/cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace dundun {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

// False at the end of `from`.
bool pass_on(int from, int to) {
  char bytes[16384];
  const ssize_t got = recv(from, bytes, sizeof bytes, 0);
  return got > 0 && send(to, bytes, static_cast<size_t>(got), MSG_NOSIGNAL) == got;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string path, std::string upstream, int percent, unsigned seed)
    : path_(std::move(path)),
      upstream_(std::move(upstream)),
      percent_(percent),
      fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      random_(seed) {
  const sockaddr_un address = address_of(path_);
  (void)bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  listen(fd_, 512);
  thread_ = std::thread([this] { accept_all(); });
}

CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  shutdown(fd_, SHUT_RDWR);
  thread_.join();
  close(fd_);
  for (std::thread& thread : serving_) thread.join();
}

void CuttingProxy::accept_all() {
  while (!stopping_) {
    const int client = accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) serving_.emplace_back([this, client] { serve(client); });
  }
}

bool CuttingProxy::cuts() {
  std::lock_guard lock(mutex_);
  return static_cast<int>(random_() % 100) < percent_;
}

void CuttingProxy::serve(int client) {
  constexpr int kPatienceMs = 20'000;
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(upstream_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(ends, 2, kPatienceMs) <= 0) break;
    if (ends[1].revents != 0) {
      // It has been done by now: nginx got the worker's answer.
      if (cuts()) {
        ++cut_;
        break;
      }
      open = pass_on(server, client);
    } else if (ends[0].revents != 0) {
      open = pass_on(client, server);
    }
  }
  close(client);
  close(server);
}

}  // namespace dundun
