#include "ws-bridge/server.h"

#include <libwebsockets.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "common/base/cookie.h"
#include "common/base/log.h"
#include "ws-bridge/inlet.h"
#include "ws-bridge/listening.h"
#include "ws-bridge/upgrade.h"

namespace dundun {

// What libwebsockets needs for as long as its context lives.
struct Connection;

struct ServerState {
  explicit ServerState(Hub& h) : hub(h) {}
  Hub& hub;
  std::vector<Connection*> to_write;  // have something to say
  int turns_put_off = 0;
  std::string scratch;  // frames on their way into one write
  lws_retry_bo_t keepalive{};
  lws_protocols protocols[2]{};
};

namespace {

// As much as one write takes: enough for hundreds of events, little enough to copy.
constexpr size_t kWriteBytesMax = 64 << 10;
// Turns of the loop, a read of 16 KB from Redis each.
constexpr int kTurnsPutOffMax = 8;
// Every socket holds as much: clients say little, and what is longer comes in pieces.
constexpr size_t kReceiveBytes = 128;

}  // namespace

// What hangs on a WebSocket; libwebsockets keeps the pointer.
struct Connection : Socket {
  Connection(ServerState& s, lws* w) : state(s), wsi(w) {}
  void want_write() override {
    if (!std::exchange(is_listed, true)) state.to_write.push_back(this);
  }
  // The peer takes nothing: libwebsockets notices the end at once and gives what it still holds
  // back a few seconds later.
  void abort() override { shutdown(lws_get_socket_fd(wsi), SHUT_RDWR); }

  ServerState& state;
  lws* wsi;
  Session* session = nullptr;
  bool is_listed = false;  // in to_write
};

namespace {

std::string header(lws* wsi, lws_token_indexes token) {
  std::string text(static_cast<size_t>(lws_hdr_total_length(wsi, token)), '\0');
  if (text.empty()) return text;
  // Wants room for a final zero.
  const int size = lws_hdr_copy(wsi, text.data(), static_cast<int>(text.size()) + 1, token);
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return text;
}

std::string client_address(lws* wsi) {
  const std::string real = header(wsi, WSI_TOKEN_HTTP_X_REAL_IP);
  if (!real.empty()) return real;
  const std::string forwarded = header(wsi, WSI_TOKEN_X_FORWARDED_FOR);
  if (!forwarded.empty()) return std::string(forwarded_address(forwarded));
  char peer[64] = "";
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getpeername(lws_get_socket_fd(wsi), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      address.ss_family == AF_UNIX) {
    return {};
  }
  lws_get_peer_simple(wsi, peer, sizeof peer);
  return peer;
}

std::string session_token(lws* wsi) {
  const std::string cookies = header(wsi, WSI_TOKEN_HTTP_COOKIE);
  return std::string(cookie_value(cookies, kSessionCookie));
}

// The first argument of the query with this name, without its escapes; empty if there is none. The
// library keeps each argument apart, and would put commas between them if it were asked for all.
std::string argument(lws* wsi, std::string_view name) {
  constexpr lws_token_indexes kArguments = WSI_TOKEN_HTTP_URI_ARGS;
  // Room for the longest and a final zero.
  std::string buffer(static_cast<size_t>(lws_hdr_total_length(wsi, kArguments)) + 1, '\0');
  const int room = static_cast<int>(buffer.size());
  for (int i = 0;; ++i) {
    const int size = lws_hdr_copy_fragment(wsi, buffer.data(), room, kArguments, i);
    if (size < 0) return {};
    const std::string_view one(buffer.data(), static_cast<size_t>(size));
    if (one.starts_with(name) && one.substr(name.size()).starts_with('=')) {
      return std::string(one.substr(name.size() + 1));
    }
  }
}

// ?events=…&resume_from=…, for those who send no auth frame. False if one of them is wrong.
bool read_query(lws* wsi, StreamWish& wish) {
  const std::string events = argument(wsi, "events");
  const std::string resume = argument(wsi, "resume_from");
  return (events.empty() || wish_events(events, wish)) &&
         (resume.empty() || wish_resume(resume, wish));
}

unsigned int upgrade_status(Hub& hub, lws* wsi) {
  if (header(wsi, WSI_TOKEN_GET_URI) != "/ws") return HTTP_STATUS_NOT_FOUND;
  const std::string origin = header(wsi, WSI_TOKEN_ORIGIN);
  // Only browsers send a cookie unasked, and they always name the page's origin.
  if (!origin.empty() && !session_token(wsi).empty() &&
      !origin_allowed(origin, header(wsi, WSI_TOKEN_HOST), hub.settings().allowed_origins)) {
    return HTTP_STATUS_FORBIDDEN;
  }
  StreamWish wish;
  if (!read_query(wsi, wish)) return HTTP_STATUS_BAD_REQUEST;
  switch (hub.may_enter(client_address(wsi))) {
    case Hub::Admission::kWelcome:
      return HTTP_STATUS_OK;
    case Hub::Admission::kTooManyFromAddress:
      return 429;
    case Hub::Admission::kShuttingDown:
      return HTTP_STATUS_SERVICE_UNAVAILABLE;
  }
  return HTTP_STATUS_INTERNAL_SERVER_ERROR;
}

// 0: go on with the upgrade. 1: answered. -1: hang up.
int confirm_upgrade(Hub& hub, lws* wsi) {
  const unsigned int status = upgrade_status(hub, wsi);
  if (status == HTTP_STATUS_OK) return 0;
  log(LogLevel::kInfo, "upgrade_refused", {{"status", static_cast<int64_t>(status)}});
  return lws_return_http_status(wsi, status, nullptr) < 0 ? -1 : 1;
}

int answer_http(lws* wsi, std::string_view path) {
  const unsigned int status = path == "/ws" ? 426 : HTTP_STATUS_NOT_FOUND;
  if (lws_return_http_status(wsi, status, nullptr) < 0) return -1;
  return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

Connection* establish(ServerState& state, lws* wsi) {
  Hub& hub = state.hub;
  auto connection = std::make_unique<Connection>(state, wsi);
  connection->session = &hub.enter(*connection, client_address(wsi));
  StreamWish wish;
  static_cast<void>(read_query(wsi, wish));  // the upgrade looked at it already
  connection->session->wish(wish);
  const std::string token = session_token(wsi);
  if (!token.empty()) connection->session->check_cookie(token);
  return connection.release();
}

// libwebsockets calls this only after it flushed what an earlier write left behind. Our frames
// bear their headers already, so they go out raw, many in one write.
int write_some(std::string& scratch, lws* wsi, Session& session) {
  if (session.has_frames()) {
    const FrameQueue::Batch batch = session.take(scratch, kWriteBytesMax);
    // lws_write does not change a server's bytes: masking is the client's.
    auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(batch.bytes.data()));
    const int written = lws_write(wsi, bytes, batch.bytes.size(), LWS_WRITE_RAW);
    if (written < static_cast<int>(batch.bytes.size())) return -1;
    if (session.has_frames() || session.goodbye()) lws_callback_on_writable(wsi);
    return 0;
  }
  if (session.goodbye()) lws_set_timer_usecs(wsi, 1);
  return 0;
}

// Straight into the socket, before the loop waits: one system call for all that came for it since
// it last did. Only what the kernel does not take goes through libwebsockets, which then keeps its
// own frames (pongs, the close) behind it.
void write_now(Connection& connection) {
  Session& session = *connection.session;
  lws* const wsi = connection.wsi;
  while (session.has_frames()) {
    if (lws_partial_buffered(wsi) != 0) {
      lws_callback_on_writable(wsi);
      return;
    }
    const FrameQueue::Batch batch = session.take(connection.state.scratch, kWriteBytesMax);
    const ssize_t sent = send(lws_get_socket_fd(wsi), batch.bytes.data(), batch.bytes.size(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
    const std::string_view rest =
        batch.bytes.substr(static_cast<size_t>(std::max<ssize_t>(0, sent)));
    if (rest.empty()) continue;
    auto* bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(rest.data()));
    if (lws_write(wsi, bytes, rest.size(), LWS_WRITE_RAW) < 0) connection.abort();
    lws_callback_on_writable(wsi);
    return;
  }
  if (session.goodbye()) lws_callback_on_writable(wsi);
}

// While Redis has more to say, the sockets wait for it a little: several events then are one write.
void write_all(ServerState& state) {
  if (state.to_write.empty()) return;
  if (state.hub.has_more() && ++state.turns_put_off < kTurnsPutOffMax) return;
  state.turns_put_off = 0;
  for (Connection* connection : std::exchange(state.to_write, {})) {
    connection->is_listed = false;
    write_now(*connection);
  }
}

// Not from the write callback: libwebsockets takes a failure there for a broken connection and
// drops it without the close frame.
int say_goodbye(lws* wsi, const Session& session) {
  const auto& goodbye = session.goodbye();
  if (!goodbye) return 0;
  if (session.has_frames() || lws_partial_buffered(wsi) != 0) {
    lws_callback_on_writable(wsi);
    return 0;
  }
  std::string reason(goodbye->reason);
  lws_close_reason(wsi, static_cast<lws_close_status>(goodbye->code),
                   reinterpret_cast<unsigned char*>(reason.data()), reason.size());
  return -1;
}

// At its end libwebsockets has forgotten which socket was a connection's.
int remember_fd(lws* wsi) {
  const int fd = lws_get_socket_fd(wsi);
  lws_set_opaque_user_data(wsi, reinterpret_cast<void*>(static_cast<intptr_t>(fd)));
  return fd;
}

int remembered_fd(lws* wsi) {
  return static_cast<int>(reinterpret_cast<intptr_t>(lws_get_opaque_user_data(wsi)));
}

void receive(lws* wsi, Session& session, std::string_view bytes) {
  const bool ends_frame = lws_remaining_packet_payload(wsi) == 0;
  session.receive({.bytes = bytes,
                   .is_binary = lws_frame_is_binary(wsi) != 0,
                   .ends_frame = ends_frame,
                   .ends_message = ends_frame && lws_is_final_fragment(wsi) != 0});
}

int on_event(lws* wsi, lws_callback_reasons reason, void* user, void* in, size_t size) noexcept {
  auto* state = static_cast<ServerState*>(lws_context_user(lws_get_context(wsi)));
  auto* slot = static_cast<Connection**>(user);
  const std::string_view bytes(static_cast<const char*>(in), in == nullptr ? 0 : size);
  switch (reason) {
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
      inlet_open(wsi, remember_fd(wsi));
      return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return confirm_upgrade(state->hub, wsi);
    case LWS_CALLBACK_HTTP:
      return answer_http(wsi, bytes);
    case LWS_CALLBACK_ESTABLISHED:
      inlet_start_frames(remembered_fd(wsi));
      *slot = establish(*state, wsi);
      return 0;
    case LWS_CALLBACK_RECEIVE:
      receive(wsi, *(*slot)->session, bytes);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return write_some(state->scratch, wsi, *(*slot)->session);
    case LWS_CALLBACK_TIMER:
      return say_goodbye(wsi, *(*slot)->session);
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_WSI_DESTROY:
      inlet_close(wsi, remembered_fd(wsi));
      return 0;
    case LWS_CALLBACK_CLOSED: {
      inlet_close(wsi, remembered_fd(wsi));
      const std::unique_ptr<Connection> connection(std::exchange(*slot, nullptr));
      if (connection == nullptr) return 0;
      std::erase(state->to_write, connection.get());
      state->hub.exit(*connection->session);
      return 0;
    }
    default:
      return 0;
  }
}

void on_log(int level, const char* line) noexcept {
  std::string_view text(line);
  while (text.ends_with('\n')) text.remove_suffix(1);
  log(level == LLL_ERR ? LogLevel::kError : LogLevel::kWarning, "libwebsockets",
      {{"detail", text}});
}

// Everything but the address to listen on.
lws_context_creation_info context_info(ServerState& state, void** loops) {
  const BridgeSettings& settings = state.hub.settings();
  // RFC 6455 pings find peers that vanished without a FIN.
  state.keepalive.secs_since_valid_ping = static_cast<uint16_t>(settings.silence_ping.count());
  state.keepalive.secs_since_valid_hangup = static_cast<uint16_t>(settings.silence_max.count());
  state.protocols[0].name = "events";
  state.protocols[0].callback = on_event;
  state.protocols[0].per_session_data_size = sizeof(Connection*);
  state.protocols[0].rx_buffer_size = kReceiveBytes;

  lws_context_creation_info info{};
  info.protocols = state.protocols;
  info.user = &state;
  info.foreign_loops = loops;
  // 0: nobody else's. With -1 libwebsockets changes its socket's owner "to -1", which systemd's
  // filter of system calls refuses even where nothing would change.
  info.gid = 0;
  info.uid = 0;
  // Without a vhost of its own a context is made all the same when its address is taken, and nobody
  // is listened to.
  info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                 LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
  info.retry_and_idle_policy = &state.keepalive;
  info.timeout_secs = static_cast<unsigned int>(settings.upgrade_timeout.count());
  info.timeout_secs_ah_idle = info.timeout_secs;
  info.max_http_header_data = 8192;
  // Each half-open upgrade takes one for up to timeout_secs; new clients wait until one is free.
  info.max_http_header_pool = 4096;
  return info;
}

}  // namespace

Server::Server(Loop& loop, Hub& hub)
    : loop_(loop),
      state_(std::make_unique<ServerState>(hub)),
      before_wait_(loop, [this] { write_all(*state_); }) {}

Result<std::unique_ptr<Server>> Server::create(Loop& loop, Hub& hub) {
  std::unique_ptr<Server> server(new Server(loop, hub));
  TRY(server->listen());
  return server;
}

Status Server::listen() {
  const BridgeSettings& settings = state_->hub.settings();
  TRY(prepare_to_listen(settings));
  lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
  void* loops[] = {loop_.raw()};
  lws_context_creation_info info = context_info(*state_, loops);
  if (!settings.listen_path.empty()) {
    info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
    info.iface = settings.listen_path.c_str();
  } else {
    info.iface = settings.listen_host.c_str();
    info.port = settings.listen_port;
  }
  context_ = lws_create_context(&info);
  if (context_ == nullptr || lws_create_vhost(context_, &info) == nullptr) {
    return fail(ErrorCode::kUnavailable, "Cannot listen on WS_LISTEN.");
  }
  // nginx runs as another user; the folder's rights decide who may connect.
  if (!settings.listen_path.empty() && chmod(settings.listen_path.c_str(), 0666) != 0) {
    return fail(ErrorCode::kUnavailable, "Cannot open WS_LISTEN to nginx.");
  }
  return Done{};
}

// A context on a foreign loop is destroyed in two steps: the first asks its handles to close; the
// second frees it, after the loop has closed them.
Server::~Server() {
  if (context_ == nullptr) return;
  lws_context_destroy(context_);
  loop_.drain();
  lws_context_destroy(context_);
}

}  // namespace dundun
