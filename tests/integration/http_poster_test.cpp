// Calls to carriers: many at once, and none twice.
#include "common/io/http_poster.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "tests/support/http_stand_in.h"
#include "tests/support/kannel.h"
#include "tests/support/wait.h"

namespace dundun {
namespace http_poster_test {

using Kind = HttpOutcome::Kind;
using namespace std::chrono_literals;

HttpCall call_to(const std::string& url, const std::string& body = "text") {
  HttpCall call;
  call.url = url;
  call.body = body;
  call.timeout = 2s;
  return call;
}

HttpOutcome post_and_wait(HttpPoster& http, const HttpCall& call) {
  std::promise<HttpOutcome> answered;
  http.post(call, [&](HttpOutcome outcome) { answered.set_value(std::move(outcome)); });
  return answered.get_future().get();
}

// Serves one connection: answers the first request and keeps the connection, reads the second
// whole, and closes without an answer.
class DyingServer {
 public:
  DyingServer() : port_(0) {
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd_, 8) != 0) abort();
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~DyingServer() {
    shutdown(fd_, SHUT_RDWR);
    thread_.join();
    close(fd_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  int requests() const { return requests_; }

 private:
  void run() {
    while (true) {
      const int link = accept(fd_, nullptr, nullptr);
      if (link < 0) return;
      for (int nth = 1; read_request(link); ++nth) {
        ++requests_;
        if (nth > 1) break;
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        (void)!write(link, answer.data(), answer.size());
      }
      close(link);
    }
  }
  static bool read_request(int link) {
    std::string text;
    char bytes[4096];
    while (!text.ends_with("text")) {
      const ssize_t size = recv(link, bytes, sizeof bytes, 0);
      if (size <= 0) return false;
      text.append(bytes, static_cast<size_t>(size));
    }
    return true;
  }
  int fd_ = -1, port_ = 0;
  std::atomic<int> requests_{0};
  std::thread thread_;
};

TEST(HttpPosterTest, ARequestIsNotRepeatedOverAFreshConnection) {
  DyingServer server;
  HttpPoster http({.connections_max = 1});
  EXPECT_EQ(post_and_wait(http, call_to(server.url())).kind, Kind::kAnswered);
  EXPECT_EQ(post_and_wait(http, call_to(server.url())).kind, Kind::kNoAnswer);
  EXPECT_EQ(server.requests(), 2);
}

TEST(HttpPosterTest, NobodyThereMeansNotSent) {
  HttpPoster http({});
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  EXPECT_EQ(post_and_wait(http, call_to(url)).kind, Kind::kNotSent);
}

TEST(HttpPosterTest, AGetIsMadeOnceAndItsHeadersCome) {
  HttpStandIn server([](const HttpStandIn::Seen& seen) {
    if (seen.target == "/cut")
      return HttpStandIn::Reply{200, "ff\r\nx", "Transfer-Encoding: chunked\r\n"};
    return HttpStandIn::Reply{201, "ok", "Location: /m/7\r\nRetry-After: 9\r\n"};
  });
  HttpPoster http({});
  HttpCall call = call_to(server.url() + "/send?a=1", "");
  call.method = "GET";
  const HttpOutcome outcome = post_and_wait(http, call);
  ASSERT_EQ(outcome.kind, Kind::kAnswered);
  EXPECT_EQ(server.seen().at(0).method, "GET");
  EXPECT_EQ(server.seen().at(0).target, "/send?a=1");
  EXPECT_EQ(outcome.reply.retry_after_s, 9);
  EXPECT_NE(std::ranges::find(outcome.reply.headers,
                              std::pair<std::string, std::string>("location", "/m/7")),
            outcome.reply.headers.end());
  call.url = server.url() + "/cut";
  EXPECT_EQ(post_and_wait(http, call).kind, Kind::kNoAnswer);
  EXPECT_EQ(server.seen().size(), 2u);
  call.url = "http://127.0.0.1:" + std::to_string(free_port()) + "/";
  EXPECT_EQ(post_and_wait(http, call).kind, Kind::kNotSent);
}

TEST(HttpPosterTest, OnlyTheOpenInternetIsConnectedTo) {
  HttpStandIn server([](const HttpStandIn::Seen&) { return HttpStandIn::Reply{}; });
  HttpPoster http({.addresses = HttpPoster::Addresses::kPublic});
  EXPECT_EQ(post_and_wait(http, call_to(server.url())).kind, Kind::kNotSent);
  HttpCall named = call_to("http://localhost" + server.url().substr(server.url().rfind(':')));
  EXPECT_EQ(post_and_wait(http, named).kind, Kind::kNotSent);
  EXPECT_TRUE(server.seen().empty());
}

TEST(HttpPosterTest, ManyAtOnceAndTheDestructorWaits) {
  HttpStandIn server([](const HttpStandIn::Seen& seen) {
    return HttpStandIn::Reply{202, seen.body, ""};
  });
  std::atomic<int> right{0};
  {
    HttpPoster http({.connections_max = 8});
    for (int i = 0; i < 200; ++i) {
      const std::string body = "text " + std::to_string(i);
      http.post(call_to(server.url(), body), [&right, body](const HttpOutcome& outcome) {
        right += outcome.kind == Kind::kAnswered && outcome.reply.status == 202 &&
                         outcome.reply.body == body
                     ? 1
                     : 0;
      });
    }
  }
  EXPECT_EQ(right, 200);
}

TEST(HttpPosterTest, AFullQueueAnswersAtOnce) {
  std::promise<void> go;
  const std::shared_future<void> going = go.get_future().share();
  HttpStandIn server([going](const HttpStandIn::Seen&) {
    going.wait();
    return HttpStandIn::Reply{};
  });
  std::atomic<int> refused{0};
  HttpPoster http({.connections_max = 1, .queue_max = 3});
  for (int i = 0; i < 20; ++i) {
    http.post(call_to(server.url()), [&](const HttpOutcome& outcome) {
      refused += outcome.kind == Kind::kNotSent ? 1 : 0;
    });
  }
  EXPECT_GE(refused, 16);
  go.set_value();
  http.drain();
  EXPECT_LE(refused, 17);
}

TEST(HttpPosterTest, WhatHadNoTurnInTimeIsNotSent) {
  std::promise<void> go;
  const std::shared_future<void> going = go.get_future().share();
  HttpStandIn server([going](const HttpStandIn::Seen&) {
    going.wait();
    return HttpStandIn::Reply{};
  });
  HttpPoster http({.connections_max = 1, .start_within = 1s});
  std::atomic<int> sent{0}, not_sent{0};
  for (int i = 0; i < 3; ++i) {
    http.post(call_to(server.url()), [&](const HttpOutcome& outcome) {
      ++(outcome.kind == Kind::kNotSent ? not_sent : sent);
    });
  }
  EXPECT_TRUE(wait_until([&] { return not_sent == 2; }));
  go.set_value();
  http.drain();
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(not_sent, 2);
  EXPECT_EQ(server.seen().size(), 1u);
}

}  // namespace http_poster_test
}  // namespace dundun
