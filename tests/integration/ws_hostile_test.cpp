// Clients that mean harm, or are half dead: each is refused as documented, and a neighbour on the
// same bridge notices nothing.
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "tests/support/bridge_test.h"
#include "tests/support/disturbance.h"

namespace dundun {
namespace ws_hostile_test {

using namespace std::chrono_literals;

class WsHostileTest : public BridgeTest {
 protected:
  void start(const Settings& settings = {}) {
    BridgeTest::start(settings);
    neighbour_ = connect_with(add_key(account_));
  }

  void expect_neighbour_unharmed() {
    const SampleEvent event = status_event();
    publish(account_, {event.line});
    EXPECT_EQ(neighbour_->next_text(), event.json());
  }

  int64_t rss_kb() {
    std::ifstream file("/proc/" + std::to_string(bridge_.pid()) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("VmRSS:")) return std::strtoll(line.c_str() + 6, nullptr, 10);
    }
    return 0;
  }

  std::optional<WsClient> neighbour_;
};

TEST_F(WsHostileTest, WhoNeverAuthenticates) {
  start({{"WS_AUTH_TIMEOUT_S", "1"}});
  std::vector<WsClient> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(connect());
  expect_neighbour_unharmed();
  for (WsClient& client : silent) EXPECT_EQ(client.close_code(), 1008);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, AFloodOfWrongKeysIsBlockedByAddress) {
  start({{"BAD_KEYS_MAX", "10"}});
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    WsClient client = connect({"X-Real-IP: 198.51.100.1"});
    if (client.status() == 429) {
      ++refused;
      continue;
    }
    client.send_text(auth_frame("esms_live_guess" + std::to_string(i)));
    EXPECT_EQ(client.close_code(), 1008);
  }
  EXPECT_EQ(refused, 30 - 11);
  EXPECT_EQ(connect({"X-Real-IP: 198.51.100.2"}).status(), 101);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, AMegabyteInOneFrame) {
  start();
  WsClient client = connect_with(add_key(account_));
  client.send_text(std::string(1 << 20, 'x'));
  EXPECT_EQ(client.close_code(), 1009);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, TenThousandTinyFrames) {
  start();
  WsClient client = connect_with(add_key(account_));
  WsClient fragments = connect();
  for (int i = 0; i < 10'000; ++i) {
    client.send_text("{}");
    fragments.send_frame(i == 0 ? WsClient::kText : WsClient::kContinuation, "",
                         WsClient::Last::kNo);
  }
  EXPECT_EQ(client.close_code(), 1008);
  EXPECT_EQ(fragments.close_code(), 1008);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, BytesThatAreNoUtf8) {
  start();
  WsClient client = connect_with(add_key(account_));
  client.send_text("\xc3\x28");
  EXPECT_EQ(client.close_code(), 1007);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, ANumberThatEndsTheParser) {
  start();
  for (const char* number : {"1.0000000000e-2147483639", "-1.0000000000e-2147483648"}) {
    WsClient stranger = connect();
    stranger.send_text(std::string(R"({"type":"auth","n":)") + number + "}");
    EXPECT_EQ(stranger.close_code(), 1008);
    WsClient client = connect_with(add_key(account_));
    client.send_text(number);
  }
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, APeerThatVanishedWithoutAWord) {
  start({{"WS_SILENCE_PING_S", "1"}, {"WS_SILENCE_MAX_S", "2"}});
  WsClient vanished = connect_with(add_key(account_));
  // The neighbour answers pings meanwhile; the other would, were it looked at.
  EXPECT_EQ(neighbour_->next_text(5s), std::nullopt);
  EXPECT_EQ(vanished.close_code(), 1006);
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, UpgradesThatNeverEnd) {
  start({{"WS_UPGRADE_TIMEOUT_S", "1"}});
  std::vector<int> sockets;
  for (int i = 0; i < 100; ++i) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.c_str(), socket_.size() + 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval patience{5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_GT(send(fd, "GET /ws HTTP/1.1\r\nHost", 22, MSG_NOSIGNAL), 0);
    sockets.push_back(fd);
  }
  EXPECT_EQ(connect().status(), 101);
  expect_neighbour_unharmed();
  for (const int fd : sockets) {
    char byte = 0;
    EXPECT_EQ(recv(fd, &byte, 1, 0), 0);
    close(fd);
  }
  expect_neighbour_unharmed();
}

TEST_F(WsHostileTest, AForeignPageWithAGoodCookie) {
  start();
  const std::string cookie = "Cookie: esms_access_token=" + add_session(account_);
  EXPECT_EQ(connect({cookie, "Origin: https://evil.example"}).status(), 403);
  EXPECT_EQ(connect({cookie, "Origin: https://portal.example.evil.example"}).status(), 403);
  EXPECT_EQ(connect({cookie, "Origin: https://portal.example"}).status(), 101);
  expect_neighbour_unharmed();
}

// Half of the sockets never read: they cost a bounded queue until they are shown out.
TEST_F(WsHostileTest, SleepersCostLittleAndAreClosed) {
  const int each = full_size() ? 500 : 100;
  start({{"WS_CONNECTIONS_PER_ACCOUNT", "2000"}, {"WS_QUEUE_BYTES", "400000"}});
  const std::string key = add_key(account_);
  std::vector<WsClient> sleepers, readers;
  for (int i = 0; i < each; ++i) {
    sleepers.push_back(connect_with(key));
    readers.push_back(connect_with(key));
  }
  const int64_t before_kb = rss_kb();
  int64_t most_kb = before_kb;
  const std::string event = R"({"type":"notification","text":")" + std::string(5000, 'z') + R"("})";
  for (int i = 0; i < 300; ++i) {  // 1.5 MB: more than a queue and what the kernel takes
    publish(account_, {event});
    for (WsClient& reader : readers) ASSERT_EQ(reader.next_text(), event) << i;
    most_kb = std::max(most_kb, rss_kb());
  }
  for (WsClient& sleeper : sleepers) EXPECT_EQ(sleeper.close_code(), 1013);
  std::printf("%d sleepers beside %d readers: RSS %lld kB before, at most %lld kB\n", each, each,
              static_cast<long long>(before_kb), static_cast<long long>(most_kb));
  EXPECT_LT(most_kb - before_kb, 32 << 10);
}

}  // namespace ws_hostile_test
}  // namespace dundun
