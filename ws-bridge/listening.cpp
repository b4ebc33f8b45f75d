#include "ws-bridge/listening.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace dundun {
namespace {

Error cannot_listen(const std::string& why) {
  return fail(ErrorCode::kUnavailable, "Cannot listen on WS_LISTEN: " + why + ".");
}

// A socket file on which no process listens is left over from a process that was killed.
Status clear_stale_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return cannot_listen("the path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int status = connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::close(probe);
  if (status == 0) return cannot_listen("another process listens there");
  if (error == ECONNREFUSED) unlink(path.c_str());
  return Done{};
}

// Takes the address and gives it back. As libwebsockets will: old connections of the port do not
// matter.
Status try_address(const addrinfo& address) {
  const int probe = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int one = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const int status = bind(probe, address.ai_addr, address.ai_addrlen);
  const int error = errno;
  ::close(probe);
  if (status != 0) return cannot_listen(std::strerror(error));
  return Done{};
}

}  // namespace

Status prepare_to_listen(const BridgeSettings& settings) {
  if (!settings.listen_path.empty()) return clear_stale_socket(settings.listen_path);
  addrinfo wanted{};
  wanted.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(settings.listen_port);
  if (getaddrinfo(settings.listen_host.c_str(), port.c_str(), &wanted, &found) != 0) return Done{};
  const Status tried = try_address(*found);
  freeaddrinfo(found);
  return tried;
}

}  // namespace dundun
