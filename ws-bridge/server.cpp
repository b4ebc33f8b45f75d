#include "ws-bridge/server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "common/base/log.h"

namespace dundun {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsMax = 64;
// Turns of the loop, a read of 16 KB from Redis each.
constexpr int kTurnsPutOffMax = 8;
constexpr std::chrono::milliseconds kTick{200};

// A socket file on which no process listens is left over from a process that was killed.
Status clear_stale_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::kUnavailable, "The path of WS_LISTEN is too long.");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int status = connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::close(probe);
  if (status == 0) return fail(ErrorCode::kUnavailable, "Another process listens on WS_LISTEN.");
  if (error == ECONNREFUSED) unlink(path.c_str());
  return Done{};
}

Error cannot_listen(int fd) {
  if (fd >= 0) ::close(fd);
  return fail(ErrorCode::kUnavailable, "Cannot listen on WS_LISTEN.");
}

Result<int> listen_unix(const std::string& path) {
  TRY(clear_stale_socket(path));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // nginx runs as another user; the folder's rights decide who may connect.
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0666) != 0 || ::listen(fd, kBacklog) != 0) {
    return cannot_listen(fd);
  }
  return fd;
}

Result<int> listen_tcp(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return cannot_listen(-1);
  }
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = bind(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (!bound || ::listen(fd, kBacklog) != 0) return cannot_listen(fd);
  return fd;
}

}  // namespace

Server::Server(Loop& loop, Hub& hub, int listener)
    : loop_(loop),
      hub_(hub),
      listener_{listener},
      before_wait_(loop, [this] { write_all(); }),
      tick_timer_(loop, [this] { tick(); }),
      accepts_(loop, listener, [this](bool, bool) { accept_some(); }) {
  accepts_.want(FdWatch::Want::kRead);
  tick_timer_.every(kTick);
}

Result<std::unique_ptr<Server>> Server::create(Loop& loop, Hub& hub) {
  const BridgeSettings& settings = hub.settings();
  const int listener = settings.listen_path.empty()
                           ? TRY(listen_tcp(settings.listen_host, settings.listen_port))
                           : TRY(listen_unix(settings.listen_path));
  return std::unique_ptr<Server>(new Server(loop, hub, listener));
}

Server::~Server() {
  connections_.clear();  // they call us
}

// Without descriptors the waiting clients keep the listener ready: the next tick looks again.
void Server::accept_some() {
  for (int i = 0; i < kAcceptsMax; ++i) {
    const int fd = accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        log(LogLevel::kError, "cannot_accept", {{"errno", static_cast<int64_t>(errno)}});
        accepts_.stop();
      }
      return;
    }
    const int on = 1;  // events are small, and each is waited for; a Unix socket has no such thing
    static_cast<void>(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    auto connection = std::make_unique<Connection>(loop_, hub_, *this, fd);
    connections_.emplace(connection.get(), std::move(connection));
  }
}

void Server::want_write(Connection& connection) { to_write_.push_back(&connection); }

// It is destroyed later, because it is at work now.
void Server::ended(Connection& connection) { dead_.push_back(&connection); }

// While Redis has more to say, the sockets wait for it a little: several events then are one write.
void Server::write_all() {
  bury();
  if (to_write_.empty()) return;
  if (hub_.has_more() && ++turns_put_off_ < kTurnsPutOffMax) return;
  turns_put_off_ = 0;
  for (Connection* connection : std::exchange(to_write_, {})) connection->write();
  bury();
}

void Server::bury() {
  for (Connection* connection : std::exchange(dead_, {})) {
    std::erase(to_write_, connection);
    connections_.erase(connection);
  }
}

void Server::tick() {
  const auto now = Connection::Clock::now();
  for (const auto& [connection, owned] : connections_) connection->tick(now);
  bury();
  accepts_.want(FdWatch::Want::kRead);
}

}  // namespace dundun
