#include "ws-bridge/inlet.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "ws-bridge/frame_guard.h"

namespace dundun {
namespace {

struct Inlet {
  lws* owner = nullptr;
  FrameGuard guard;
};

// By the socket's number. Other threads read sockets too, of PostgreSQL for one: theirs is empty.
thread_local std::vector<Inlet> inlets;

Inlet* inlet_of(int fd) {
  if (fd < 0 || static_cast<size_t>(fd) >= inlets.size()) return nullptr;
  Inlet& inlet = inlets[static_cast<size_t>(fd)];
  return inlet.owner == nullptr ? nullptr : &inlet;
}

ssize_t receive_through(FrameGuard& guard, int fd, char* buffer, size_t size) {
  thread_local std::string bytes;
  if (size <= FrameGuard::kHeldMax) {
    errno = EMSGSIZE;
    return -1;
  }
  bytes.resize(size - FrameGuard::kHeldMax);
  size_t wanted = bytes.size();
  if (guard.expects_head()) {
    const ssize_t seen = recvfrom(fd, bytes.data(), wanted, MSG_PEEK, nullptr, nullptr);
    if (seen <= 0) return seen;
    wanted = guard.head_part({bytes.data(), static_cast<size_t>(seen)});
  }
  const ssize_t got = recvfrom(fd, bytes.data(), wanted, 0, nullptr, nullptr);
  if (got <= 0) return got;
  const size_t passed = guard.pass({bytes.data(), static_cast<size_t>(got)}, buffer);
  if (passed > 0) return static_cast<ssize_t>(passed);
  errno = EAGAIN;  // a header that is not whole yet
  return -1;
}

}  // namespace

void inlet_open(lws* wsi, int fd) {
  if (fd < 0) return;
  const auto place = static_cast<size_t>(fd);
  if (place >= inlets.size()) inlets.resize(std::max(place + 1, inlets.size() * 2));
  inlets[place] = {.owner = wsi, .guard = {}};
}

void inlet_start_frames(int fd) {
  if (Inlet* inlet = inlet_of(fd)) inlet->guard.start_frames();
}

void inlet_close(lws* wsi, int fd) {
  Inlet* inlet = inlet_of(fd);
  if (inlet != nullptr && inlet->owner == wsi) *inlet = {};
}

}  // namespace dundun

extern "C" __attribute__((visibility("default"))) ssize_t recv(int fd, void* buffer, size_t size,
                                                               int flags) {
  dundun::Inlet* inlet = flags == 0 ? dundun::inlet_of(fd) : nullptr;
  if (inlet == nullptr) return recvfrom(fd, buffer, size, flags, nullptr, nullptr);
  return dundun::receive_through(inlet->guard, fd, static_cast<char*>(buffer), size);
}
