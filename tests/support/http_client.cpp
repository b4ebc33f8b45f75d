#include "tests/support/http_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <set>
#include <utility>

#include "tests/support/documented.h"

namespace dundun {
namespace {

// Which test asks what, a line each time that it is new, for `make endpoints`.
void note_asked(std::string_view method, std::string_view target) {
  static const char* const file = std::getenv("DUNDUN_ASKED");
  const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
  if (file == nullptr || test == nullptr) return;
  std::string line = std::string(test->test_suite_name()) + "." + test->name() + " ";
  line.append(method).append(" ").append(target.substr(0, target.find('?'))).append("\n");
  static std::mutex lock;
  static std::set<std::string> noted;
  const std::lock_guard guard(lock);
  if (noted.insert(line).second) std::ofstream(file, std::ios::app) << line;
}

}  // namespace

HttpClient::~HttpClient() { disconnect(); }

HttpClient::HttpClient(HttpClient&& other) noexcept
    : path_(std::move(other.path_)),
      deadline_s_(other.deadline_s_),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)) {}

void HttpClient::disconnect() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  buffer_.clear();
}

bool HttpClient::connect() {
  if (fd_ >= 0) return true;
  fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval timeout{static_cast<time_t>(deadline_s_), 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
  disconnect();
  return false;
}

bool HttpClient::fill() {
  char bytes[16384];
  // A process that was stopped and goes on, in a debugger say, is told EINTR.
  const ssize_t got = TEMP_FAILURE_RETRY(recv(fd_, bytes, sizeof bytes, 0));
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(got));
  return true;
}

bool HttpClient::take_line(std::string& line) {
  size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!fill()) return false;
  }
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return true;
}

bool HttpClient::read_chunks(std::string& body) {
  std::string line;
  while (take_line(line)) {
    const size_t size = std::strtoull(line.c_str(), nullptr, 16);
    while (buffer_.size() < size + 2) {
      if (!fill()) return false;
    }
    body.append(buffer_, 0, size);
    buffer_.erase(0, size + 2);
    if (size == 0) return true;
  }
  return false;
}

HttpAnswer HttpClient::read_answer() {
  HttpAnswer answer;
  size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      disconnect();
      return {};
    }
  }
  const std::string head = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  answer.status = std::atoi(head.c_str() + 9);
  for (size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
    const size_t colon = head.find(':', at);
    if (colon == std::string::npos) break;
    std::string name = head.substr(at + 2, colon - at - 2);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const size_t stop = std::min(head.find("\r\n", colon), head.size());
    // One that came twice shows (RFC 9110 section 5.3).
    const std::string value = head.substr(colon + 2, stop - colon - 2);
    const auto [header, is_new] = answer.headers.try_emplace(name, value);
    if (!is_new) header->second += ", " + value;
  }
  if (answer.headers["transfer-encoding"] == "chunked") {
    answer.complete = read_chunks(answer.body);
    if (!answer.complete || answer.headers["connection"] == "close") disconnect();
    return answer;
  }
  const size_t length = std::strtoull(answer.headers["content-length"].c_str(), nullptr, 10);
  while (buffer_.size() < length) {
    if (!fill()) {
      disconnect();
      return {};
    }
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  if (answer.headers["connection"] == "close") disconnect();
  return answer;
}

HttpAnswer HttpClient::raw(std::string_view bytes) {
  if (!connect()) return {};
  while (!bytes.empty()) {
    const ssize_t sent = TEMP_FAILURE_RETRY(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) break;  // the server may answer early and close
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return read_answer();
}

HttpAnswer HttpClient::send(std::string_view method, std::string_view target,
                            const Headers& headers, std::string_view body) {
  note_asked(method, target);
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  text += body;
  HttpAnswer answer = raw(text);
  if (path_.ends_with("/run/http.sock")) expect_documented(method, target, answer);
  return answer;
}

HttpAnswer HttpClient::get(const std::string& key, std::string_view target) {
  return send("GET", target, {{"Authorization", "Bearer " + key}});
}

HttpAnswer HttpClient::post(const std::string& key, std::string_view target, std::string_view body,
                            Headers more) {
  more.emplace_back("Authorization", "Bearer " + key);
  if (!body.empty()) more.emplace_back("Content-Type", "application/json");
  return send("POST", target, more, body);
}

bool HttpClient::start_get(const std::string& key, std::string_view target) {
  if (!connect()) return false;
  std::string text = "GET ";
  text.append(target).append(" HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ");
  text += key + "\r\n\r\n";
  return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

}  // namespace dundun
