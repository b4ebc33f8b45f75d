// The Redis master is lost under Sentinel, with the shipped configuration of Redis, Sentinel and
// HAProxy: sends go on, and limits are shared again when a replica has become the master.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace redis_failover_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A shipped file with this machine's addresses in place of the page's.
std::string shipped(const std::string& name,
                    const std::vector<std::pair<std::string, std::string>>& instead) {
  std::string text = read_file(Stack::shared().root() + "/deploy/" + name);
  EXPECT_FALSE(text.empty()) << name;
  for (const auto& [old, fresh] : instead) {
    for (size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += fresh.size()) {
      text.replace(at, old.size(), fresh);
    }
  }
  return text;
}

class RedisFailoverTest : public testing::Test {
 protected:
  static constexpr int kRedises = 3, kSentinels = 3;

  void SetUp() override {
    for (int& port : ports_) port = free_port();
    proxy_port_ = free_port();
    write("users.acl", shipped("redis/users.acl", {}) + "\n" + shipped("failover/users.acl", {}));
    for (int i = 0; i < kRedises; ++i) start_redis(i);
    ASSERT_TRUE(wait_until([&] { return told(0).find("connected_slaves:2") != std::string::npos; }))
        << told(0) << read_file(folder_ + "/redis0.log");
    for (int i = 0; i < kSentinels; ++i) start_sentinel(i);
    start_proxy();
    Service::Options options;
    options.environment = {
        {"REDIS_URL", "redis://dundun:" + kPassword + "@127.0.0.1:" + std::to_string(proxy_port_)}};
    service_ = std::make_unique<Service>(Stack::shared().fresh_database(), options);
    key_ = seed_key(service_->pg(), seed_account(service_->pg()), KeyKind::kLive,
                    "{send,query,webhooks}", 5);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }
  Process spawn(std::vector<std::string> command, const std::string& name) const {
    return Process({.command = std::move(command),
                    .environment = {},
                    .log = folder_ + "/" + name + ".log",
                    .folder = folder_});
  }
  void start_redis(int number) {
    const std::string name = "redis" + std::to_string(number);
    std::string text =
        shipped("failover/redis.conf", {{"/etc/redis/users.acl", folder_ + "/users.acl"}});
    text += "port " + std::to_string(ports_[number]) + "\nbind 127.0.0.1\nsave \"\"\n";
    text += "dbfilename " + name + ".rdb\n";
    if (number > 0) text += "replicaof 127.0.0.1 " + std::to_string(ports_[0]) + "\n";
    write(name + ".conf", text);
    redises_[number] = spawn({"redis-server", folder_ + "/" + name + ".conf"}, name);
  }
  void start_sentinel(int number) {
    const std::string name = "sentinel" + std::to_string(number);
    write(name + ".conf", shipped("failover/sentinel.conf",
                                  {{"port 26379", "port " + std::to_string(free_port())},
                                   {"10.0.0.21 6379", "127.0.0.1 " + std::to_string(ports_[0])}}) +
                              "bind 127.0.0.1\n");
    sentinels_[number] =
        spawn({"redis-server", folder_ + "/" + name + ".conf", "--sentinel"}, name);
  }
  // The part for Redis; the one for PostgreSQL needs Patroni.
  void start_proxy() {
    std::vector<std::pair<std::string, std::string>> instead{
        {"127.0.0.1:6379", "127.0.0.1:" + std::to_string(proxy_port_)}};
    for (int i = 0; i < kRedises; ++i) {
      instead.emplace_back("10.0.0.2" + std::to_string(i + 1) + ":6379",
                           "127.0.0.1:" + std::to_string(ports_[i]));
    }
    std::string text = shipped("failover/haproxy.cfg", instead);
    text.resize(text.find("# PostgreSQL by what Patroni says"));
    write("haproxy.cfg", text);
    proxy_ = spawn({"haproxy", "-db", "-f", folder_ + "/haproxy.cfg"}, "haproxy");
  }
  // What one says of its replication.
  std::string told(int number) const {
    Redis redis(
        {.url = "redis://dundun:" + kPassword + "@127.0.0.1:" + std::to_string(ports_[number]),
         .timeout = 1s});
    const auto reply = redis.run({"INFO", "replication"});
    return reply ? reply->text : "";
  }
  HttpAnswer send() {
    return service_->client().post(key_, "/api/messages/send",
                                   R"({"to":"+254712345678","text":"Gate 4"})");
  }
  // 30 requests one after the other with a key that may make 5 a second, and 5 at once.
  void expect_limited() {
    const auto began = Clock::now();
    int let = 0;
    for (int i = 0; i < 30; ++i) let += send().status == 200 ? 1 : 0;
    const double took_s = std::chrono::duration<double>(Clock::now() - began).count();
    EXPECT_LE(let, 5 + 5 * (took_s + 1));
  }
  bool is_ready() {
    return contains(service_->client().send("GET", "/readyz").body, R"("redis":"ok")");
  }

  const std::string kPassword = "REPLACE-THIS-PASSWORD";
  const std::string folder_ = Stack::shared().folder();
  std::array<int, kRedises> ports_{};
  std::array<Process, kRedises> redises_;
  std::array<Process, kSentinels> sentinels_;
  int proxy_port_ = 0;
  Process proxy_;
  std::unique_ptr<Service> service_;
  std::string key_;
};

TEST_F(RedisFailoverTest, AReplicaTakesOverAndLimitsHoldThroughout) {
  ASSERT_TRUE(wait_until([&] { return is_ready(); })) << read_file(folder_ + "/haproxy.log");
  expect_limited();
  std::this_thread::sleep_for(3s);  // Sentinels find each other by the master
  redises_[0].kill_now();
  const auto lost = Clock::now();
  int other = 0, sent = 0;
  while (!is_ready() && Clock::now() < lost + 60s) {
    const int status = send().status;
    other += status == 200 || status == 429 ? 0 : 1;
    sent += status == 200 ? 1 : 0;
    std::this_thread::sleep_for(100ms);
  }
  std::printf("master lost: another after %.1f s, %d sends meanwhile, %d other answers\n",
              std::chrono::duration<double>(Clock::now() - lost).count(), sent, other);
  EXPECT_EQ(other, 0);
  EXPECT_GT(sent, 0);
  EXPECT_TRUE(is_ready()) << read_file(folder_ + "/sentinel0.log");
  EXPECT_TRUE(contains(told(1) + told(2), "role:master"));
  expect_limited();
  EXPECT_EQ(service_->reconcile(), 0);
}

}  // namespace redis_failover_test
}  // namespace dundun
