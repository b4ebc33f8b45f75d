#include "common/io/redis.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "tests/support/stack.h"

namespace dundun {
namespace redis_test {

using namespace std::chrono_literals;
using Kind = RedisReply::Kind;

class RedisTest : public testing::Test {
 protected:
  static Redis open(std::string url, std::chrono::milliseconds timeout = 5s,
                    std::chrono::milliseconds retry_after = 50ms) {
    Redis::Options options;
    options.url = std::move(url);
    options.timeout = timeout;
    options.retry_after = retry_after;
    return Redis(options);
  }
  Redis redis_ = open(Stack::shared().redis_url());
};

TEST_F(RedisTest, TellsTheKindsOfRepliesApart) {
  const std::vector<RedisCommand> commands = {{"DEL", "t:k", "t:l"},
                                              {"SET", "t:k", std::string("a\0b\r\n", 5)},
                                              {"GET", "t:k"},
                                              {"GET", "t:absent"},
                                              {"RPUSH", "t:l", "x", "y"},
                                              {"LRANGE", "t:l", "0", "-1"}};
  auto replies = redis_.run_pipeline(commands);
  ASSERT_TRUE(replies) << replies.error().detail;
  ASSERT_EQ(replies->size(), commands.size());
  EXPECT_EQ((*replies)[1].text, "OK");
  EXPECT_EQ((*replies)[2].text, std::string("a\0b\r\n", 5));
  EXPECT_EQ((*replies)[3].kind, Kind::kNil);
  EXPECT_EQ((*replies)[4].integer, 2);
  ASSERT_EQ((*replies)[5].items.size(), 2u);
  EXPECT_EQ((*replies)[5].items[1].text, "y");
}

TEST_F(RedisTest, AnErrorIsNoAnswer) {
  ASSERT_TRUE(redis_.run({"SET", "t:k", "text"}));
  const std::vector<RedisCommand> commands = {{"GET", "t:k"}, {"INCR", "t:k"}, {"GET", "t:k"}};
  const auto replies = redis_.run_pipeline(commands);
  ASSERT_FALSE(replies);
  EXPECT_EQ(replies.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(redis_.up());
  EXPECT_TRUE(wait_until([&] { return redis_.run({"GET", "t:k"}).has_value(); }));
}

TEST_F(RedisTest, AnIdleLinkThatDiedIsReplacedUnnoticed) {
  ASSERT_TRUE(redis_.run({"PING"}));
  auto other = open(Stack::shared().redis_url());
  ASSERT_TRUE(other.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}));
  auto reply = redis_.run({"PING"});
  EXPECT_TRUE(reply) << reply.error().detail;
}

TEST_F(RedisTest, NobodyThereFailsAtOnce) {
  for (const char* url : {"unix:/nonexistent/redis.sock", "redis://127.0.0.1:1", "nonsense"}) {
    Redis redis = open(url);
    for (int i = 0; i < 2; ++i) {
      auto reply = redis.run({"PING"});
      ASSERT_FALSE(reply) << url;
      EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable) << url;
      EXPECT_FALSE(redis.up());
    }
  }
}

// A server that accepts and never answers, unless it has one answer for everything.
class SilentServer {
 public:
  SilentServer() : path_(testing::TempDir() + "silent-" + std::to_string(getpid())) {
    unlink(path_.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    socket_ = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
  }
  ~SilentServer() {
    close(socket_);
    unlink(path_.c_str());
  }
  std::string url() const { return "unix:" + path_; }

 private:
  std::string path_;
  int socket_ = -1;
};

TEST_F(RedisTest, ASilentServerCostsOneTimeoutOnly) {
  SilentServer server;
  Redis redis = open(server.url(), 100ms, 60s);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) ASSERT_FALSE(redis.run({"PING"}));
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, 100ms);
  EXPECT_LT(took, 5s) << "a hundred timeouts would be ten seconds";
}

TEST_F(RedisTest, ComesBackAfterThePause) {
  Redis redis = open(Stack::shared().redis_url(), 100ms);
  Stack::shared().redis().signal(SIGSTOP);
  EXPECT_FALSE(redis.run({"PING"}));
  EXPECT_FALSE(redis.run({"PING"}));
  Stack::shared().redis().signal(SIGCONT);
  EXPECT_TRUE(wait_until([&] { return redis.run({"PING"}).has_value(); }));
}

}  // namespace redis_test
}  // namespace dundun
