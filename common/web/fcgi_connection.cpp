#include "common/web/fcgi_connection.h"

#include <fcgiapp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include "common/web/router.h"
#include "common/web/traceparent.h"
#include "common/web/upload.h"

namespace dundun {
namespace {

constexpr size_t kUploadChunk = 64 << 10;

// Pointers of libfcgi die with the next request: everything is copied.
std::string parameter(const FCGX_Request& request, const char* name) {
  const char* value = FCGX_GetParam(name, request.envp);
  return value == nullptr ? std::string() : std::string(value);
}

// nginx before 1.23 hands a header that came twice over twice, later ones join them by ", "
// (RFC 9110 5.3). An empty header comes as an empty parameter.
std::optional<std::string> repeatable(const FCGX_Request& request, std::string_view name) {
  std::optional<std::string> all;
  for (char** variable = request.envp; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!text.starts_with(name) || text.substr(name.size(), 1) != "=") continue;
    all = all ? *all + ", " : "";
    *all += text.substr(name.size() + 1);
  }
  return all;
}

size_t content_length(const FCGX_Request& request) {
  return std::strtoull(parameter(request, "CONTENT_LENGTH").c_str(), nullptr, 10);
}

bool asks_first(const FCGX_Request& fcgx, const Request& request) {
  return request.method == Method::kOptions && !request.origin.empty() &&
         !parameter(fcgx, "HTTP_ACCESS_CONTROL_REQUEST_METHOD").empty();
}

bool has_no_key(const Request& request) {
  return request.authorization.empty() && request.api_key.empty();
}

// What only browsers send; requests with a key do not pay for looking.
void read_browser_fields(const FCGX_Request& fcgx, Request& request) {
  request.host = parameter(fcgx, "HTTP_HOST");
  request.fetch_site = parameter(fcgx, "HTTP_SEC_FETCH_SITE");
  request.csrf_token = parameter(fcgx, "HTTP_X_CSRF_TOKEN");
  request.environment = parameter(fcgx, "HTTP_X_ENVIRONMENT");
  request.accept_language = parameter(fcgx, "HTTP_ACCEPT_LANGUAGE");
}

// RingCentral's notifications have no key either.
void read_ringcentral_fields(const FCGX_Request& fcgx, Request& request) {
  request.validation_token = parameter(fcgx, "HTTP_VALIDATION_TOKEN");
  request.verification_token = parameter(fcgx, "HTTP_VERIFICATION_TOKEN");
}

// X-Webhook-Signature and its like, under whatever name a carrier has for it.
void read_signatures(const FCGX_Request& fcgx, Request& request) {
  constexpr std::string_view kHeader = "HTTP_";
  for (char** variable = fcgx.envp; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    const bool signs = name.find("SIGNATURE") != name.npos || name.find("HMAC") != name.npos;
    if (!signs || !name.starts_with(kHeader) || name.size() == text.size()) continue;
    std::string header(name.substr(kHeader.size()));
    std::ranges::transform(header, header.begin(), [](unsigned char c) {
      return c == '_' ? '-' : static_cast<char>(std::tolower(c));
    });
    request.signatures.emplace_back(std::move(header), text.substr(name.size() + 1));
  }
}

// Of RFC 9110 and RFC 6585.
constexpr std::pair<int, const char*> kReasons[] = {{200, "OK"},
                                                    {201, "Created"},
                                                    {202, "Accepted"},
                                                    {204, "No Content"},
                                                    {302, "Found"},
                                                    {303, "See Other"},
                                                    {400, "Bad Request"},
                                                    {401, "Unauthorized"},
                                                    {402, "Payment Required"},
                                                    {403, "Forbidden"},
                                                    {404, "Not Found"},
                                                    {405, "Method Not Allowed"},
                                                    {409, "Conflict"},
                                                    {410, "Gone"},
                                                    {413, "Content Too Large"},
                                                    {415, "Unsupported Media Type"},
                                                    {422, "Unprocessable Content"},
                                                    {426, "Upgrade Required"},
                                                    {429, "Too Many Requests"},
                                                    {431, "Request Header Fields Too Large"},
                                                    {500, "Internal Server Error"},
                                                    {502, "Bad Gateway"},
                                                    {503, "Service Unavailable"},
                                                    {504, "Gateway Timeout"}};

const char* reason(int status) {
  const auto found = std::ranges::find(kReasons, status, &std::pair<int, const char*>::first);
  return found == std::end(kReasons) ? "Error" : found->second;
}

// A download's client may pause; nginx gives it up after its send_timeout, which is as long.
constexpr int kStreamTimeoutS = 10;
constexpr size_t kSliceBytes = 64 * 1024;
// A reader that takes longer for one piece (some thousand lines) is hardly there.
constexpr std::chrono::seconds kPieceMax{120};

void set_send_timeout(int fd, int seconds) {
  const timeval timeout{seconds, 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

std::string head_of(const Response& response, const std::string& request_id) {
  std::string text = "Status: " + std::to_string(response.status) + " " + reason(response.status);
  text += "\r\nContent-Type: " + response.content_type;
  text += "\r\nX-Request-Id: " + request_id;
  for (const auto& [name, value] : response.headers) text += "\r\n" + name + ": " + value;
  if (!response.stream) text += "\r\nContent-Length: " + std::to_string(response.body.size());
  return text + "\r\n\r\n";
}

// What a request is found by in the logs.
void read_marks(const FCGX_Request& fcgx, Request& request) {
  request.request_id = parameter(fcgx, "REQUEST_ID");
  request.trace = parse_traceparent(parameter(fcgx, "HTTP_TRACEPARENT"));
}

}  // namespace

void prepare_fastcgi() {
  FCGX_Init();
  std::signal(SIGPIPE, SIG_IGN);
}

FcgiConnection::FcgiConnection(int fd, int io_timeout_s)
    : fd_(fd), io_timeout_s_(io_timeout_s), fcgx_(std::make_unique<FCGX_Request>()) {
  const timeval timeout{io_timeout_s, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  set_send_timeout(fd, io_timeout_s);
  FCGX_InitRequest(fcgx_.get(), -1, 0);
}

FcgiConnection::~FcgiConnection() {
  fcgx_->ipcFd = -1;  // ours to close
  FCGX_Free(fcgx_.get(), 0);
  if (fd_ >= 0) close(fd_);
}

bool FcgiConnection::read(Incoming& incoming, size_t body_bytes_max, size_t upload_bytes_max) {
  FCGX_Request& fcgx = *fcgx_;
  // FCGX_Accept_r on a set ipcFd reads the next request from it instead of accepting; the
  // Finish_r inside must neither close the socket nor linger on it.
  fcgx.ipcFd = fd_;
  fcgx.keepConnection = 1;
  fcgx.detached = 1;
  if (FCGX_Accept_r(&fcgx) != 0) {
    fd_ = -1;  // libfcgi has closed it
    return false;
  }
  Request& request = incoming.request;
  incoming.target = parameter(fcgx, "REQUEST_URI");
  incoming.local_listener = parameter(fcgx, "LOCAL_LISTENER") == "1";
  incoming.access_only = parameter(fcgx, "ACCESS_ONLY") == "1";
  request.method = parse_method(parameter(fcgx, "REQUEST_METHOD"));
  read_marks(fcgx, request);
  request.remote_address = parameter(fcgx, "REMOTE_ADDR");
  request.authorization = parameter(fcgx, "HTTP_AUTHORIZATION");
  request.api_key = parameter(fcgx, "HTTP_X_API_KEY");
  request.cookie = parameter(fcgx, "HTTP_COOKIE");
  request.origin = parameter(fcgx, "HTTP_ORIGIN");
  request.over_tls = parameter(fcgx, "REQUEST_SCHEME") == "https";
  request.idempotency_key = repeatable(fcgx, "HTTP_IDEMPOTENCY_KEY");
  request.payment_signature = parameter(fcgx, "HTTP_X_PAYMENT_SIGNATURE");
  request.verif_hash = parameter(fcgx, "HTTP_VERIF_HASH");
  request.content_type = parameter(fcgx, "CONTENT_TYPE");
  request.user_agent = parameter(fcgx, "HTTP_USER_AGENT");
  if (has_no_key(request)) {
    read_browser_fields(fcgx, request);
    read_ringcentral_fields(fcgx, request);
    read_signatures(fcgx, request);
  }
  incoming.preflight = asks_first(fcgx, request);
  const size_t length = incoming.access_only ? 0 : content_length(fcgx);
  if (length <= body_bytes_max) return read_body(incoming, length);
  if (length <= upload_bytes_max) return read_upload(incoming, length);
  incoming.too_large = true;
  return true;
}

bool FcgiConnection::read_body(Incoming& incoming, size_t length) {
  std::string& body = incoming.request.body;
  body.resize(length);
  if (length > 0) {
    const int got = FCGX_GetStr(body.data(), static_cast<int>(length), fcgx_->in);
    body.resize(got > 0 ? static_cast<size_t>(got) : 0);
  }
  return body.size() == length;
}

bool FcgiConnection::read_upload(Incoming& incoming, size_t length) {
  Result<Upload> file = Upload::create();
  if (!file) return false;
  auto upload = std::make_shared<Upload>(*std::move(file));
  std::string chunk(kUploadChunk, '\0');
  while (static_cast<size_t>(upload->size()) < length) {
    const int got = FCGX_GetStr(chunk.data(), static_cast<int>(chunk.size()), fcgx_->in);
    if (got <= 0) return false;
    if (!upload->append({chunk.data(), static_cast<size_t>(got)})) return false;
  }
  incoming.request.upload = std::move(upload);
  return true;
}

bool FcgiConnection::write(const Response& response, const std::string& request_id, bool head) {
  std::string text = head_of(response, request_id);
  if (!head) text += response.body;
  FCGX_PutStr(text.data(), static_cast<int>(text.size()), fcgx_->out);
  return finish();
}

bool FcgiConnection::finish() {
  fcgx_->detached = 1;
  FCGX_Finish_r(fcgx_.get());
  if (fcgx_->ipcFd >= 0) return true;
  fd_ = -1;
  return false;
}

Status FcgiConnection::write_piece(std::string_view piece, const std::function<bool()>& give_up) {
  const auto deadline = std::chrono::steady_clock::now() + kPieceMax;
  while (!piece.empty()) {
    const std::string_view slice = piece.substr(0, kSliceBytes);
    const int size = static_cast<int>(slice.size());
    if (FCGX_PutStr(slice.data(), size, fcgx_->out) != size) {
      return unavailable("the reader went away");
    }
    piece.remove_prefix(slice.size());
    if (give_up()) return unavailable("cut: the process is to end");
    if (std::chrono::steady_clock::now() > deadline) return unavailable("the reader is too slow");
  }
  return Done{};
}

Result<int64_t> FcgiConnection::write_stream(const Response& response,
                                             const std::string& request_id, std::string piece,
                                             const std::function<bool()>& give_up) {
  set_send_timeout(fd_, kStreamTimeoutS);
  TRY(write_piece(head_of(response, request_id), give_up));
  int64_t bytes = 0;
  while (!piece.empty()) {
    TRY(write_piece(piece, give_up));
    bytes += static_cast<int64_t>(piece.size());
    piece = TRY(response.stream());
  }
  set_send_timeout(fd_, io_timeout_s_);
  if (!finish()) return unavailable("the reader went away");
  return bytes;
}

}  // namespace dundun
