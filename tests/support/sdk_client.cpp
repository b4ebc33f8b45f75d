#include "tests/support/sdk_client.h"

#include <chrono>
#include <thread>

#include "common/io/json.h"

namespace dundun {
namespace {

constexpr int kRetriesMax = 2;
// The libraries wait from 0.5 s on, doubling; a test need not.
constexpr std::chrono::milliseconds kFirstWait{20};

void read_object(const JsonValue& object, SdkClient::Result& result) {
  for (const auto& [name, target] :
       {std::pair{"code", &result.code}, std::pair{"message", &result.message}}) {
    const auto value = object.find(name);
    if (value && value->is_string()) *target = std::string(value->string());
  }
}

// `error` first, then `detail` in its three forms.
void read_error(SdkClient::Result& result) {
  const auto document = JsonDocument::parse(result.body);
  if (!document || !document->root().is_object()) return;
  const auto detail = document->root().find("detail");
  if (detail && detail->is_string()) result.message = std::string(detail->string());
  if (detail && detail->is_object()) read_object(*detail, result);
  const auto error = document->root().find("error");
  if (error && error->is_object()) read_object(*error, result);
  if (error && error->is_string()) result.message = std::string(error->string());
}

SdkClient::Raised class_of(int status, const std::string& code) {
  using Raised = SdkClient::Raised;
  if (status >= 200 && status < 300) return Raised::kNothing;
  if (code == "insufficient_balance" || status == 402) return Raised::kInsufficientBalance;
  if (status == 401) return Raised::kAuthentication;
  if (status == 403) return Raised::kPermission;
  if (status == 404) return Raised::kNotFound;
  if (status == 429) return Raised::kRateLimited;
  return status >= 500 || status == 0 ? Raised::kServer : Raised::kInvalidRequest;
}

}  // namespace

std::string SdkClient::request(const std::string& method, const std::string& path,
                               const std::optional<std::string>& body,
                               const std::string& key) const {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: sms.example\r\n";
  text += "Authorization: Bearer " + key_ + "\r\nAccept: application/json\r\n";
  if (kind_ == Kind::kPhp) {
    text += "User-Agent: esms-php/1.0.0\r\n";
  } else {
    text += "user-agent: esms-node/1.0.0\r\naccept-encoding: gzip, deflate\r\n";
    text += "connection: keep-alive\r\n";
  }
  if (!key.empty()) text += "Idempotency-Key: " + key + "\r\n";
  if (body) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body->size());
    text += "\r\n";
  } else if (method == "POST" && kind_ != Kind::kPhp) {
    text += "content-length: 0\r\n";
  }
  return text + "\r\n" + body.value_or("");
}

bool SdkClient::retries(const std::string& method, int status, const std::string& key) const {
  if (status == 429) return true;
  if (status != 0 && status < 500) return false;
  return method != "POST" || !key.empty() || kind_ == Kind::kNodeOld;
}

SdkClient::Result SdkClient::call(const std::string& method, const std::string& path,
                                  const std::optional<std::string>& body,
                                  const std::string& idempotency_key) {
  const std::string key = kind_ == Kind::kNodeOld ? "" : idempotency_key;
  Result result;
  for (int attempt = 0; attempt <= kRetriesMax; ++attempt) {
    HttpClient client(socket_);
    const HttpAnswer answer = client.raw(request(method, path, body, key));
    ++result.tries;
    result.status = answer.status;
    result.body = answer.body;
    const auto id = answer.headers.find("x-request-id");
    if (id != answer.headers.end()) result.request_id = id->second;
    if (!retries(method, answer.status, key)) break;
    std::this_thread::sleep_for(kFirstWait * (1 << attempt));
  }
  if (result.status < 200 || result.status >= 300) read_error(result);
  result.raised = class_of(result.status, result.code);
  return result;
}

std::string php_json(const std::string& utf8) {
  std::string out = "\"";
  for (size_t i = 0; i < utf8.size();) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const int more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    unsigned point = more == 0 ? byte : byte & (0x3fu >> more);
    for (int n = 1; n <= more; ++n) {
      point = point << 6 | (static_cast<unsigned char>(utf8[i + static_cast<size_t>(n)]) & 0x3fu);
    }
    i += static_cast<size_t>(more) + 1;
    char unit[16];
    if (point == '/' || point == '"' || point == '\\') {
      out += '\\';
      out += static_cast<char>(point);
    } else if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x10000) {
      std::snprintf(unit, sizeof unit, "\\u%04x", point);
      out += unit;
    } else {
      point -= 0x10000;
      std::snprintf(unit, sizeof unit, "\\u%04x\\u%04x", 0xd800 + (point >> 10),
                    0xdc00 + (point & 0x3ff));
      out += unit;
    }
  }
  return out + "\"";
}

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned char>(c));
    out += plain ? std::string(1, c) : std::string(escape);
  }
  return out;
}

}  // namespace dundun
