#include "ws-bridge/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/cookie.h"
#include "common/base/log.h"
#include "common/base/percent.h"
#include "ws-bridge/upgrade.h"

namespace dundun {
namespace {

// As much as one write takes: enough for hundreds of events, little enough to copy.
constexpr size_t kWriteBytesMax = 64 << 10;
// Clients say little.
constexpr size_t kReadBytes = 4096;
constexpr size_t kHeadBytesMax = 8192;
// How many pongs may wait for a client that sends pings and reads nothing.
constexpr size_t kUnsentControlMax = 16 << 10;
// For the client's close frame, and for the end of its stream.
constexpr std::chrono::seconds kCloseWait{5};
constexpr uint8_t kCloseFrame = 8, kPingFrame = 9, kPongFrame = 10;

std::string close_payload(uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  payload += reason;
  return payload;
}

// ?events=…&resume_from=…, for those who send no auth frame. False if one of them is wrong.
bool read_query(const RequestHead& head, StreamWish& wish) {
  const auto events = percent_decode(query_value(head.query, "events"), Plus::kSpace);
  const auto resume = percent_decode(query_value(head.query, "resume_from"), Plus::kSpace);
  return events && resume && (events->empty() || wish_events(*events, wish)) &&
         (resume->empty() || wish_resume(*resume, wish));
}

std::string session_token(const RequestHead& head) {
  const std::string cookies = head.header("cookie");
  return std::string(cookie_value(cookies, kSessionCookie));
}

}  // namespace

Connection::Connection(Loop& loop, Hub& hub, Owner& owner, int fd)
    : hub_(hub),
      owner_(owner),
      socket_{fd},
      watch_(loop, fd, [this](bool can_read, bool can_write) { ready(can_read, can_write); }),
      deadline_(Clock::now() + hub.settings().upgrade_timeout) {
  watch_.want(FdWatch::Want::kRead);
}

Connection::~Connection() {
  if (session_ != nullptr) hub_.exit(*session_);
}

void Connection::ready(bool can_read, bool can_write) {
  if (can_write && phase_ != Phase::kEnded) flush();
  if (can_read && phase_ != Phase::kEnded) read();
}

void Connection::read() {
  std::string bytes(kReadBytes, '\0');
  const ssize_t size = recv(socket_.fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return end();
  heard_at_ = Clock::now();
  ping_is_out_ = false;
  bytes.resize(static_cast<size_t>(size));
  if (phase_ == Phase::kHead) {
    head_ += bytes;
    read_head();
  } else {
    take(std::move(bytes));
  }
}

void Connection::take(std::string bytes) {
  if (phase_ != Phase::kOpen && phase_ != Phase::kClosing) return;
  const auto breach = reader_.read(bytes, *this);
  if (!breach) return;
  log(LogLevel::kInfo, "protocol_breach", {{"code", static_cast<int64_t>(*breach)}});
  close_with(close_payload(static_cast<uint16_t>(*breach), {}), Phase::kLinger);
}

void Connection::read_head() {
  const size_t end_of_head = head_.find("\r\n\r\n");
  if (end_of_head == head_.npos) {
    if (head_.size() > kHeadBytesMax) refuse(431);
    return;
  }
  const auto head = parse_head(std::string_view(head_).substr(0, end_of_head));
  if (!head) return refuse(400);
  std::string behind = head_.substr(end_of_head + 4);
  head_ = {};
  answer_head(*head);
  if (phase_ == Phase::kOpen && !behind.empty()) take(std::move(behind));
}

void Connection::answer_head(const RequestHead& head) {
  const int status = status_for(head);
  if (status == 101) return open(head);
  log(LogLevel::kInfo, "upgrade_refused", {{"status", static_cast<int64_t>(status)}});
  refuse(status);
}

int Connection::status_for(const RequestHead& head) const {
  const int status = upgrade_status_of(head);
  if (status != 101) return status;
  const std::string origin = head.header("origin");
  // Only browsers send a cookie unasked, and they always name the page's origin.
  if (!origin.empty() && !session_token(head).empty() &&
      !origin_allowed(origin, head.header("host"), hub_.settings().allowed_origins)) {
    return 403;
  }
  StreamWish wish;
  if (!read_query(head, wish)) return 400;
  switch (hub_.may_enter(client_address(head))) {
    case Hub::Admission::kWelcome:
      return 101;
    case Hub::Admission::kTooManyFromAddress:
      return 429;
    case Hub::Admission::kShuttingDown:
      return 503;
  }
  return 503;
}

std::string Connection::client_address(const RequestHead& head) const {
  const std::string real = head.header("x-real-ip");
  if (!real.empty()) return real;
  const std::string forwarded = head.header("x-forwarded-for");
  if (!forwarded.empty()) return std::string(forwarded_address(forwarded));
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (getpeername(socket_.fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(&peer)->sin_addr, text, sizeof text);
  } else if (peer.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(&peer)->sin6_addr, text, sizeof text);
  }
  return text;
}

void Connection::open(const RequestHead& head) {
  unsent_ = upgrade_answer(head);
  phase_ = Phase::kOpen;
  session_ = &hub_.enter(*this, client_address(head));
  StreamWish wish;
  static_cast<void>(read_query(head, wish));  // status_for() looked at it already
  session_->wish(wish);
  const std::string token = session_token(head);
  if (!token.empty()) session_->check_cookie(token);
  flush();
}

void Connection::refuse(int status) {
  unsent_ = refusal_answer(status);
  phase_ = Phase::kLinger;
  deadline_ = Clock::now() + kCloseWait;
  flush();
}

void Connection::on_data(std::string_view bytes, bool is_binary, bool ends_frame,
                         bool ends_message) {
  if (phase_ != Phase::kOpen) return;
  session_->receive({.bytes = bytes,
                     .is_binary = is_binary,
                     .ends_frame = ends_frame,
                     .ends_message = ends_message});
}

void Connection::on_ping(std::string_view payload) {
  if (phase_ != Phase::kOpen || unsent_.size() > kUnsentControlMax) return;
  control(kPongFrame, payload);
  flush();
}

// Answered with the same code, or it is the answer to ours.
void Connection::on_close(std::string_view payload) {
  if (phase_ == Phase::kClosing) {
    phase_ = Phase::kLinger;
    return flush();
  }
  close_with(payload.substr(0, 2), Phase::kLinger);
}

void Connection::control(uint8_t opcode, std::string_view payload) {
  unsent_ += static_cast<char>(0x80 | opcode);
  unsent_ += static_cast<char>(payload.size());
  unsent_ += payload;
}

void Connection::close_with(std::string_view payload, Phase next) {
  control(kCloseFrame, payload);
  phase_ = next;
  deadline_ = Clock::now() + kCloseWait;
  flush();
}

void Connection::say_goodbye() {
  const auto& goodbye = session_->goodbye();
  if (!goodbye || session_->has_frames() || !unsent_.empty()) return;
  close_with(close_payload(static_cast<uint16_t>(goodbye->code), goodbye->reason), Phase::kClosing);
}

void Connection::want_write() {
  if (!std::exchange(is_listed_, true)) owner_.want_write(*this);
}

// Straight into the socket, before the loop waits: one system call for all that came for it since
// it last did.
void Connection::write() {
  is_listed_ = false;
  if (phase_ == Phase::kOpen) flush();
}

// First what is left of an earlier write, which may be half a frame; then the session's frames, and
// after them its goodbye.
void Connection::flush() {
  thread_local std::string scratch;
  while (phase_ != Phase::kEnded) {
    FrameQueue::Batch batch;
    std::string_view bytes = unsent_;
    if (unsent_.empty() && phase_ == Phase::kOpen && session_->has_frames()) {
      batch = session_->take(scratch, kWriteBytesMax);
      bytes = batch.bytes;
    }
    if (bytes.empty()) break;
    const ssize_t sent = send(socket_.fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return end();
    const size_t taken = static_cast<size_t>(std::max<ssize_t>(0, sent));
    if (taken < bytes.size()) {
      unsent_ = std::string(bytes.substr(taken));
      return watch_.want(FdWatch::Want::kReadAndWrite);
    }
    unsent_.clear();
  }
  if (phase_ == Phase::kEnded) return;
  watch_.want(FdWatch::Want::kRead);
  if (phase_ == Phase::kLinger) return linger();
  if (phase_ == Phase::kOpen) say_goodbye();
}

// Closing at once while the client still sends would take our last words back (RFC 9112 9.6).
void Connection::linger() { shutdown(socket_.fd, SHUT_WR); }

void Connection::abort() { shutdown(socket_.fd, SHUT_RDWR); }

void Connection::end() {
  if (std::exchange(phase_, Phase::kEnded) == Phase::kEnded) return;
  watch_.stop();
  owner_.ended(*this);
}

void Connection::tick(Clock::time_point now) {
  if (phase_ == Phase::kEnded) return;
  if (phase_ != Phase::kOpen) {
    if (now >= deadline_) end();
    return;
  }
  const auto silent = now - heard_at_;
  if (silent >= hub_.settings().silence_max) return end();
  if (silent < hub_.settings().silence_ping || ping_is_out_) return;
  ping_is_out_ = true;
  control(kPingFrame, {});
  flush();
}

}  // namespace dundun
