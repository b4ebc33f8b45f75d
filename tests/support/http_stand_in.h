// A small HTTP server on 127.0.0.1 that plays somebody else's API.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dundun {

class HttpStandIn {
 public:
  struct Seen {
    std::string method, target, body;
    std::map<std::string, std::string> headers;  // names in lower case
  };
  struct Reply {
    int status = 200;
    std::string body;
    std::string headers;  // whole lines, each with its CRLF
  };
  using Play = std::function<Reply(const Seen&)>;

  explicit HttpStandIn(Play play, int port = 0);  // 0: a free one
  ~HttpStandIn();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  void play(Play play);  // from now on
  std::vector<Seen> seen();

 private:
  void run();
  void serve(int fd);

  int fd_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  Play play_;
  std::vector<Seen> seen_;
  std::vector<std::thread> serving_;
  std::thread thread_;
};

}  // namespace dundun
