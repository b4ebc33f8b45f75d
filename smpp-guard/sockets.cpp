#include "smpp-guard/sockets.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "common/io/owned.h"

namespace dundun {
namespace {

using Addresses = Owned<addrinfo, freeaddrinfo>;

Addresses look_up(const std::string& host, int port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return {};
  return Addresses(found);
}

}  // namespace

Result<int> listen_on(const std::string& host, int port) {
  const Addresses at = look_up(host, port);
  if (!at) return fail(ErrorCode::kInvalidRequest, "The guard's address is unknown.");
  const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, 16) != 0) {
    close(fd);
    return fail(ErrorCode::kUnavailable, "The guard cannot listen on its address.");
  }
  return fd;
}

int begin_connection(const std::string& host, int port) {
  const Addresses at = look_up(host, port);
  if (!at) return -1;
  const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (connect(fd, at->ai_addr, at->ai_addrlen) == 0 || errno == EINPROGRESS) return fd;
  close(fd);
  return -1;
}

}  // namespace dundun
