// A Redis that wants a user and password, one that became a replica, and one that only has errors
// to tell: limits hold as if it were gone, and health says so.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "tests/support/bridge_test.h"
#include "tests/support/browser.h"
#include "tests/support/kannel.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace redis_down_test {

const std::string kPassword = "p@ss/w:rd%1";
const std::string kPasswordInUrl = "p%40ss%2Fw%3Ard%251";

// A Redis of a test's own, with the shipped access list and an administrator beside it.
class GuardedRedis {
 public:
  GuardedRedis() {
    std::ifstream shipped(Stack::shared().root() + "/deploy/redis/users.acl");
    std::string users((std::istreambuf_iterator<char>(shipped)), {});
    const std::string placeholder = "REPLACE-THIS-PASSWORD";
    users.replace(users.find(placeholder), placeholder.size(), kPassword);
    users += "user tester on nopass ~* &* +@all\n";
    const std::string file = Stack::shared().folder() + "/users-" + std::to_string(port_) + ".acl";
    std::ofstream(file) << users;
    server_ = Process({.command = {"redis-server", "--port", std::to_string(port_), "--bind",
                                   "127.0.0.1", "--save", "", "--aclfile", file},
                       .environment = {},
                       .log = Stack::shared().folder() + "/guarded-redis.log",
                       .folder = Stack::shared().folder()});
    EXPECT_TRUE(wait_until([&] { return tester().run({"PING"}).has_value(); }));
  }

  std::string url(const std::string& who, int database = 0) const {
    return "redis://" + who + "@127.0.0.1:" + std::to_string(port_) + "/" +
           std::to_string(database);
  }
  std::string url() const { return url("dundun:" + kPasswordInUrl, 3); }
  Redis tester(int database = 0) const {
    return Redis({.url = url("tester", database), .timeout = std::chrono::seconds(5)});
  }
  // What users asked for and were not allowed.
  std::string refusals() const {
    const auto refused = tester().run({"ACL", "LOG"});
    if (!refused) return "ACL LOG was not answered";
    std::string all;
    for (const RedisReply& entry : refused->items) {
      for (const RedisReply& fact : entry.items) all += fact.text + " ";
    }
    return all;
  }
  // Which nobody leads: its reads go on, its writes are errors.
  void become_replica() const { switch_role({"REPLICAOF", "127.0.0.1", "1"}); }
  void become_master() const { switch_role({"REPLICAOF", "NO", "ONE"}); }

 private:
  // Not by our client, which leaves a replica alone.
  void switch_role(std::vector<std::string> command) const {
    command.insert(command.begin(), {"redis-cli", "-u", url("tester:x")});
    EXPECT_EQ(run_command(command), 0);
  }

  const int port_ = free_port();
  Process server_;
};

Service::Options with_redis(const std::string& url) {
  return {.messages_workers = 1, .environment = {{"REDIS_URL", url}, {"BAD_KEYS_MAX", "3"}}};
}

class RedisDownTest : public testing::Test {
 protected:
  std::string health(Service& service) { return service.client().send("GET", "/readyz").body; }
  std::string send(HttpClient& client, const std::string& key, const std::string& more = {}) {
    const HttpAnswer answer =
        client.post(key, "/v1/messages/send", R"({"to":"+254712345678","text":"x")" + more + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return member(answer.body, "id");
  }
  WsClient listen(Service& service, const std::string& auth) {
    WsClient client({.address = "unix:" + service.ws_socket()});
    client.send_text(auth);
    EXPECT_EQ(client.next_text(), kAuthOk);
    return client;
  }

  GuardedRedis redis_;
};

TEST_F(RedisDownTest, TheShippedAccessListIsEnough) {
  Service service(Stack::shared().fresh_database(), with_redis(redis_.url()));
  Pg& pg = service.pg();
  const int64_t account = seed_account(pg);
  const std::string key = seed_key(pg, account, KeyKind::kLive, "{send,query,webhooks,admin}");
  sql_of_test(pg, "update routes set segments_per_s = 1000");
  configuration_changed(pg, redis_.url());
  EXPECT_TRUE(contains(health(service), R"("redis":"ok")"));
  service.start_bridge();
  Process scheduler = service.scheduler(60);
  HttpClient client = service.client();

  WsClient ears = listen(service, auth_frame(key, wants(kMessageEvents)));
  const std::string first = send(client, key);
  EXPECT_TRUE(ears.next_text_with(first));
  const std::string event = ears.next_text_with("delivered").value_or("{}");
  const std::string soon = format_z(now() + std::chrono::minutes(6));
  send(client, key, R"(,"schedule_mode":"scheduled","scheduled_at":")" + soon + "\"");
  listen(service, auth_frame(key, from(member(event, "event_id"))));
  const std::string token = member(client.post(key, "/v1/ws/token", "").body, "token");
  listen(service, R"({"type":"auth","token":")" + token + "\"}");

  seed_user(pg, account, "acl@example.com");
  Browser browser(service.client());
  EXPECT_EQ(browser.login("acl@example.com", kTestPassword).status, 200);
  EXPECT_EQ(browser.get("/api/balance").status, 200);
  EXPECT_EQ(
      client.post(key, "/api/api-keys", R"({"name":"x","environment":"live","scopes":"query"})")
          .status,
      200);
  EXPECT_EQ(client.get("wrong", "/api/balance").status, 401);
  EXPECT_EQ(redis_.refusals(), "");
  EXPECT_GT(redis_.tester(3).run({"DBSIZE"})->integer, 0);
  EXPECT_EQ(redis_.tester(0).run({"DBSIZE"})->integer, 0);
}

TEST_F(RedisDownTest, AWrongPasswordIsARedisThatIsGone) {
  for (const char* who : {"dundun:wrong", "nobody:x", ":x", ""}) {
    Redis redis({.url = redis_.url(who), .timeout = std::chrono::seconds(5)});
    EXPECT_FALSE(redis.run({"GET", "limit:1"})) << who;
    EXPECT_FALSE(redis.up());
  }
  Service service(Stack::shared().fresh_database(), with_redis(redis_.url("dundun:wrong")));
  EXPECT_TRUE(contains(health(service), R"("status":"degraded")")) << health(service);
  HttpClient client = service.client();
  send(client, seed_key(service.pg(), seed_account(service.pg())));
}

TEST_F(RedisDownTest, AReplicaUnderLoadIsNoYes) {
  Service service(Stack::shared().fresh_database(), with_redis(redis_.url()));
  const int64_t account = seed_account(service.pg());
  const std::string key = seed_key(service.pg(), account, KeyKind::kLive, "{query}", 5);
  const std::string other = seed_key(service.pg(), account);
  sql_of_test(service.pg(), "update api_keys set rate_window_s = 3600 where rate_limit_per_s = 5");
  service.start_bridge();
  WsClient ears = listen(service, auth_frame(other, wants(kMessageEvents)));
  std::atomic<int> passed{0}, asked{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> load;
  for (int i = 0; i < 4; ++i) {
    load.emplace_back([&] {
      HttpClient client = service.client();
      while (!stop) {
        const int status = client.get(key, "/api/balance").status;
        EXPECT_TRUE(status == 200 || status == 429) << status;
        passed += status == 200;
        ++asked;
      }
    });
  }
  EXPECT_TRUE(wait_until([&] { return asked > 20 && passed == 5; }));
  redis_.become_replica();
  const int before = asked;
  EXPECT_TRUE(wait_until([&] { return asked > before + 60 && passed == 10; }));
  EXPECT_TRUE(contains(health(service), R"("status":"degraded")")) << health(service);
  HttpClient client = service.client();
  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(client.get("wrong", "/api/balance").status);
  EXPECT_EQ(statuses, (std::vector<int>{401, 401, 401, 429, 429}));
  const std::string message = send(client, other);  // goes on, and its event waits
  const int later = asked;
  EXPECT_TRUE(wait_until([&] { return asked > later + 60; }));
  stop = true;
  for (std::thread& thread : load) thread.join();
  EXPECT_EQ(passed, 10);  // 5 by Redis' count, 5 by the process' own
  redis_.become_master();
  EXPECT_TRUE(wait_until([&] { return contains(health(service), R"("redis":"ok")"); }));
  Process scheduler = service.scheduler(60);
  EXPECT_TRUE(ears.next_text_with(message));
}

// Has the same answer for every command.
class StubbornServer {
 public:
  explicit StubbornServer(std::string answer) : answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    listen(socket_, 8);
    thread_ = std::thread([this] { serve(); });
  }
  ~StubbornServer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() {
    for (int fd; (fd = accept(socket_, nullptr, nullptr)) >= 0; close(fd)) {
      char bytes[4096];
      for (ssize_t size; (size = recv(fd, bytes, sizeof bytes, 0)) > 0;) {
        const auto commands = std::count(bytes, bytes + size, '*');
        for (long i = 0; i < commands; ++i) {
          (void)!::send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        }
      }
    }
  }

  const std::string answer_;
  const int port_ = free_port();
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::thread thread_;
};

TEST(RedisErrorsTest, EachIsARedisThatIsGone) {
  for (const char* answer :
       {"-READONLY You can't write against a read only replica.",
        "-LOADING Redis is loading the dataset in memory", "-MOVED 3999 127.0.0.1:6381",
        "-ASK 3999 127.0.0.1:6381", "-NOAUTH Authentication required.",
        "-WRONGPASS invalid username-password pair or user is disabled.", "-NOPERM no permissions",
        "-MASTERDOWN Link with MASTER is down", "-CLUSTERDOWN The cluster is down",
        "-OOM command not allowed when used memory > 'maxmemory'.", "-MISCONF errors on RDB",
        "-BUSY Redis is busy running a script.", "-ERR max number of clients reached",
        "*5\r\n$5\r\nslave\r\n$1\r\nx\r\n:1\r\n$7\r\nconnect\r\n:-1", "+OK"}) {
    const StubbornServer server(std::string(answer) + "\r\n");
    Redis redis({.url = server.url(), .timeout = std::chrono::seconds(5)});
    const auto reply = redis.run({"GET", "x"});
    ASSERT_FALSE(reply) << answer;
    EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable) << answer;
    EXPECT_FALSE(redis.up()) << answer;
  }
}

}  // namespace redis_down_test
}  // namespace dundun
