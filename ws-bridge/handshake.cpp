#include "ws-bridge/handshake.h"

#include <algorithm>
#include <utility>

#include "common/base/text.h"
#include "common/io/crypto.h"
#include "common/io/sha1.h"

namespace dundun {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr size_t kNonceBytes = 16, kKeyBytes = 24;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& rest, std::string_view mark) {
  const size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + mark.size(), rest.size()));
  return part;
}

bool is_token(std::string_view name) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z') ||
           kOthers.find(c) != kOthers.npos;
  });
}

bool read_request_line(std::string_view line, RequestHead& head) {
  head.method = take_until(line, " ");
  std::string_view target = take_until(line, " ");
  if (!is_token(head.method) || !target.starts_with('/')) return false;
  if (line != "HTTP/1.1" && line != "HTTP/1.0") return false;
  head.minor = line.back() - '0';
  head.path = take_until(target, "?");
  head.query = target;
  return true;
}

struct Refusal {
  int status;
  const char* reason;
  const char* message;
};

constexpr Refusal kRefusals[] = {
    {400, "Bad Request", "This is no valid upgrade to a WebSocket"},
    {403, "Forbidden", "This origin may not use the session's cookie"},
    {404, "Not Found", "Not found"},
    {405, "Method Not Allowed", "Method not allowed"},
    {426, "Upgrade Required", "Upgrade to a WebSocket of version 13"},
    {429, "Too Many Requests", "Too many connections or wrong keys from this address"},
    {431, "Request Header Fields Too Large", "Request headers too large"},
    {503, "Service Unavailable", "Service temporarily unavailable"}};

}  // namespace

std::string RequestHead::header(std::string_view name) const {
  std::string all;
  bool found = false;
  for (const auto& [known, value] : headers) {
    if (known != name) continue;
    if (std::exchange(found, true)) all += ", ";
    all += value;
  }
  return all;
}

bool RequestHead::lists(std::string_view name, std::string_view token) const {
  const std::string all = header(name);
  std::string_view rest = all;
  while (!rest.empty()) {
    if (equal_ignoring_case(trim(take_until(rest, ",")), token)) return true;
  }
  return false;
}

std::optional<RequestHead> parse_head(std::string_view text) {
  RequestHead head;
  if (!read_request_line(take_until(text, "\r\n"), head)) return std::nullopt;
  while (!text.empty()) {
    std::string_view line = take_until(text, "\r\n");
    if (line.empty()) break;
    if (line.find(':') == line.npos) return std::nullopt;
    std::string name(take_until(line, ":"));
    if (!is_token(name)) return std::nullopt;
    std::ranges::transform(name, name.begin(), lower_ascii);
    const std::string_view value = trim(line);
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) return std::nullopt;
    head.headers.emplace_back(std::move(name), value);
  }
  return head;
}

int upgrade_status_of(const RequestHead& head) {
  if (head.path != "/ws") return 404;
  if (head.method != "GET") return 405;
  if (!head.lists("upgrade", "websocket") || !head.lists("connection", "upgrade")) return 426;
  if (head.header("sec-websocket-version") != "13") return 426;
  const std::string key = head.header("sec-websocket-key");
  const auto nonce = from_base64(key);
  const bool has_body =
      !head.header("content-length").empty() || !head.header("transfer-encoding").empty();
  if (!nonce || nonce->size() != kNonceBytes || key.size() != kKeyBytes || head.minor != 1 ||
      has_body || head.header("host").empty()) {
    return 400;
  }
  return 101;
}

std::string upgrade_answer(const RequestHead& head) {
  const std::string key = head.header("sec-websocket-key");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         to_base64(sha1(key + std::string(kGuid))) + "\r\n\r\n";
}

std::string refusal_answer(int status) {
  const auto* refusal = std::ranges::find(kRefusals, status, &Refusal::status);
  if (refusal == std::end(kRefusals)) refusal = std::end(kRefusals) - 1;
  const std::string body = std::string("{\"error\":\"") + refusal->message + "\"}";
  std::string text = "HTTP/1.1 " + std::to_string(refusal->status) + " " + refusal->reason;
  text += "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ";
  text += std::to_string(body.size()) + "\r\n";
  if (status == 426) text += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  if (status == 405) text += "Allow: GET\r\n";
  if (status == 429 || status == 503) text += "Retry-After: 2\r\n";
  return text + "\r\n" + body;
}

}  // namespace dundun
