// The shipped ws-bridge against a real PostgreSQL and Redis, without nginx in between.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "common/io/crypto.h"
#include "common/io/pg.h"
#include "common/io/redis.h"
#include "tests/support/stack.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace {

using namespace std::chrono_literals;

constexpr Statement kAddAccount{
    "add_account",
    "insert into accounts (name, currency) values ('Kiosk', 'KES') returning 1::int8"
    " * account_id",
    0};
constexpr Statement kAddKey{
    "add_key",
    "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes)"
    " values ($1::bytea, $2::int8, $3::int2, 'till', 'esms_live_****', $4::text::text[])",
    4};
constexpr Statement kRevokeKey{
    "revoke_key", "update api_keys set is_active = false where key_hash = $1::bytea", 1};
constexpr Statement kAddSession{
    "add_session",
    "insert into sessions (token_hash, account_id, user_id, expires_at)"
    " values ($1::bytea, $2::int8, 7, now() + $3::int4 * interval '1 second')",
    3};

const std::string kAuthOk = R"({"type":"auth_ok"})";
const std::string kPing = R"({"type":"ping"})";
const std::string kPong = R"({"type":"pong"})";

std::string auth_frame(const std::string& key) {
  return R"({"type":"auth","apiKey":")" + key + R"("})";
}

std::string auth_error(const std::string& error) {
  return R"({"type":"auth_error","error":")" + error + R"("})";
}

// One bridge process on a Unix socket of its own.
class BridgeProcess {
 public:
  using Settings = std::vector<std::string>;  // NAME=value

  BridgeProcess(const Settings& settings, const std::string& socket) : socket_(socket) {
    char self[PATH_MAX] = "";
    const ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    const auto binary =
        std::filesystem::path(std::string(self, static_cast<size_t>(size))).parent_path() /
        "ws-bridge";
    std::vector<std::string> environment = settings;
    environment.push_back("WS_LISTEN=unix:" + socket);
    std::vector<char*> entries;
    for (std::string& entry : environment) entries.push_back(entry.data());
    entries.push_back(nullptr);
    std::string program = binary.string();
    char* arguments[] = {program.data(), nullptr};
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      execve(program.c_str(), arguments, entries.data());
      _exit(127);
    }
  }
  ~BridgeProcess() {
    if (pid_ > 0) {
      EXPECT_EQ(stop(), 0);
    }
    std::filesystem::remove(socket_);
  }

  void terminate() const { kill(pid_, SIGTERM); }
  int stop() {
    terminate();
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }
  std::string address() const { return "unix:" + socket_; }

 private:
  std::string socket_;
  pid_t pid_ = -1;
};

class WsBridgeTest : public testing::Test {
 protected:
  void start(BridgeProcess::Settings settings = {}) {
    settings.push_back("DATABASE_URL=" + database_);
    settings.push_back("REDIS_URL=" + Stack::shared().redis_url());
    settings.push_back("WS_ALLOWED_ORIGINS=https://portal.example");
    const int64_t ears = control_ears();
    bridge_ = std::make_unique<BridgeProcess>(
        settings, testing::TempDir() + "ws-" + std::to_string(getpid()) + ".sock");
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (control_ears() == ears || connect().status() != 101) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "The bridge did not start.";
      std::this_thread::sleep_for(5ms);
    }
  }

  WsClient connect(std::vector<std::string> headers = {}) {
    return WsClient({.address = bridge_->address(), .headers = std::move(headers)});
  }

  WsClient connect_with(const std::string& key) {
    WsClient client = connect();
    EXPECT_TRUE(client.send_text(auth_frame(key)));
    EXPECT_EQ(client.next_text(), kAuthOk);
    return client;
  }

  int64_t add_account() {
    auto rows = pg_.run(kAddAccount, {});
    EXPECT_TRUE(rows) << rows.error().detail;
    return rows ? rows->i64(0, 0) : 0;
  }

  std::string add_key(int64_t account, int16_t environment = 0, const char* scopes = "{query}") {
    const std::string key = "esms_live_" + to_hex(random_bytes(16));
    auto rows = pg_.run(kAddKey, {PgParam::bytea(sha256(key)), account, environment, scopes});
    EXPECT_TRUE(rows) << rows.error().detail;
    return key;
  }

  std::string add_session(int64_t account, int32_t lifetime_s = 600) {
    const std::string token = to_hex(random_bytes(32));
    auto rows = pg_.run(kAddSession, {PgParam::bytea(sha256(token)), account, lifetime_s});
    EXPECT_TRUE(rows) << rows.error().detail;
    return token;
  }

  void publish(const std::string& channel, const std::string& payload) {
    auto reply = redis_.run({"PUBLISH", channel, payload});
    EXPECT_TRUE(reply) << reply.error().detail;
  }

  static std::string live(int64_t account) {
    return "events:{" + std::to_string(account) + "}:live";
  }

  int64_t control_ears() {
    auto reply = redis_.run({"PUBSUB", "NUMSUB", "control"});
    return reply && reply->items.size() == 2 ? reply->items[1].integer : 0;
  }

  std::string database_ = Stack::shared().fresh_database();
  Pg pg_{[this] {
    Pg::Options options;
    options.url = database_;
    return options;
  }()};
  Redis redis_{[] {
    Redis::Options options;
    options.url = Stack::shared().redis_url();
    return options;
  }()};
  std::unique_ptr<BridgeProcess> bridge_;
  int64_t account_ = add_account();
};

TEST_F(WsBridgeTest, AKeyHearsItsAccountAndEnvironmentOnly) {
  start();
  const int64_t stranger = add_account();
  WsClient live_client = connect_with(add_key(account_));
  WsClient test_client = connect_with(add_key(account_, 1));
  WsClient other_client = connect_with(add_key(stranger));
  publish(live(account_), "{\"n\":1}\n{\"n\":2}\n");
  publish("events:{" + std::to_string(account_) + "}:test", R"({"n":3})");
  publish(live(stranger), R"({"n":4})");
  EXPECT_EQ(live_client.next_text(), R"({"n":1})");
  EXPECT_EQ(live_client.next_text(), R"({"n":2})");
  EXPECT_EQ(test_client.next_text(), R"({"n":3})");
  EXPECT_EQ(other_client.next_text(), R"({"n":4})");
  EXPECT_EQ(live_client.next_text(50ms), std::nullopt);
}

TEST_F(WsBridgeTest, EventsOfAnySizeArriveWholeAndInOrder) {
  start();
  WsClient client = connect_with(add_key(account_));
  std::string payload;
  std::vector<std::string> events;
  for (const size_t size : {0, 1, 113, 114, 200, 65'000, 65'523, 65'524, 90'000, 5}) {
    events.push_back(R"({"text":")" + std::string(size, 'x') + R"("})");
    payload += events.back() + "\n";
  }
  publish(live(account_), payload);
  for (const std::string& event : events) EXPECT_EQ(client.next_text(), event);
}

TEST_F(WsBridgeTest, PingsAreAnsweredAndNonsenseIsNot) {
  start({"WS_PING_INTERVAL_S=1"});
  WsClient client = connect_with(add_key(account_));
  client.send_text("no JSON");
  client.send_text("[1]");
  client.send_text(R"({"type":"dance"})");
  client.send_frame(WsClient::kPing, "are you there");
  client.send_text(kPing);
  EXPECT_EQ(client.next_text(), kPong);
  EXPECT_EQ(client.last_pong(), "are you there");
  EXPECT_EQ(client.next_text(2500ms), kPing);  // and the server's own
}

TEST_F(WsBridgeTest, WhoDoesNotAuthenticateIsToldWhyAndClosed) {
  start({"WS_AUTH_TIMEOUT_S=1"});
  const struct {
    std::string frame, error;
  } cases[] = {{"{", "Invalid JSON"},
               {kPing, "Send auth first"},
               {"[]", "Send auth first"},
               {R"({"type":"auth"})", "Invalid API key"},
               {R"({"type":"auth","apiKey":5})", "Invalid API key"},
               {auth_frame("esms_live_unheard_of"), "Invalid API key"},
               {R"({"type":"auth","token":"unheard of"})", "Invalid token"},
               {auth_frame(add_key(account_, 0, "{send}")), "API key lacks the query scope"}};
  for (const auto& [frame, error] : cases) {
    WsClient client = connect();
    client.send_text(frame);
    EXPECT_EQ(client.next_text(), auth_error(error)) << frame;
    EXPECT_EQ(client.close_code(), 1008) << frame;
  }
  WsClient silent = connect();
  EXPECT_EQ(silent.next_text(), auth_error("Send auth first"));
  EXPECT_EQ(silent.close_code(), 1008);
}

TEST_F(WsBridgeTest, FramesThatAreNoSmallTextEndTheConnection) {
  start();
  WsClient binary = connect();
  binary.send_frame(WsClient::kBinary, "x");
  EXPECT_EQ(binary.close_code(), 1003);
  WsClient garbled = connect();
  garbled.send_text("\xff\xfe");
  EXPECT_EQ(garbled.close_code(), 1007);
  for (const size_t size : {70'000, 3'000'000}) {
    WsClient big = connect();
    big.send_text(std::string(size, 'x'));
    EXPECT_EQ(big.close_code(), 1009);
  }
}

TEST_F(WsBridgeTest, AMessageMayComeInFragments) {
  start();
  const std::string frame = auth_frame(add_key(account_));
  WsClient client = connect();
  client.send_frame(WsClient::kText, frame.substr(0, 9), WsClient::Last::kNo);
  client.send_frame(WsClient::kPing, "between");
  client.send_frame(WsClient::kContinuation, frame.substr(9));
  EXPECT_EQ(client.next_text(), kAuthOk);
}

TEST_F(WsBridgeTest, AHundredMessagesAMinuteAreEnough) {
  start();
  WsClient client = connect_with(add_key(account_));
  for (int i = 0; i < 100; ++i) client.send_text("{}");
  EXPECT_EQ(client.close_code(), 1008);
}

TEST_F(WsBridgeTest, ASessionCookieIsEnough) {
  start();
  WsClient client = connect({"Cookie: theme=dark; esms_access_token=" + add_session(account_),
                             "Origin: https://portal.example"});
  client.send_text(kPing);
  ASSERT_EQ(client.next_text(), kPong);
  publish(live(account_), R"({"n":1})");
  EXPECT_EQ(client.next_text(), R"({"n":1})");
}

TEST_F(WsBridgeTest, ACookieFromAForeignPageIsRefused) {
  start();
  const std::string cookie = "Cookie: esms_access_token=" + add_session(account_);
  EXPECT_EQ(connect({cookie, "Origin: https://elsewhere.example"}).status(), 403);
  EXPECT_EQ(connect({cookie, "Origin: null"}).status(), 403);
  EXPECT_EQ(connect({cookie, "Origin: http://localhost"}).status(), 101);
  EXPECT_EQ(connect({"Origin: https://elsewhere.example"}).status(), 101);
}

TEST_F(WsBridgeTest, AStaleCookieLeavesTheWayInBand) {
  start();
  WsClient client = connect({"Cookie: esms_access_token=long_gone"});
  client.send_text(auth_frame(add_key(account_)));
  EXPECT_EQ(client.next_text(), kAuthOk);
}

TEST_F(WsBridgeTest, ASessionThatRedisKnowsIsLetInUntilPostgresSaysNo) {
  start();
  const std::string token = to_hex(random_bytes(16));
  ASSERT_TRUE(redis_.run({"SET", "session:" + to_hex(sha256(token)),
                          R"({"account_id":)" + std::to_string(account_) +
                              R"(,"user_id":7,"role":"owner","expires_at":4102444800})"}));
  WsClient client = connect();
  client.send_text(R"({"type":"auth","token":")" + token + R"("})");
  EXPECT_EQ(client.next_text(), kAuthOk);
  publish("control", "config");
  EXPECT_EQ(client.close_code(1000ms), 1008);
}

TEST_F(WsBridgeTest, ARevokedKeyIsClosedWithinASecond) {
  start();
  const std::string key = add_key(account_);
  WsClient revoked = connect_with(key);
  WsClient neighbour = connect_with(add_key(account_));
  ASSERT_TRUE(pg_.run(kRevokeKey, {PgParam::bytea(sha256(key))}));
  publish("control", "config");
  EXPECT_EQ(revoked.close_code(1000ms), 1008);
  publish(live(account_), R"({"n":1})");
  EXPECT_EQ(neighbour.next_text(), R"({"n":1})");
}

TEST_F(WsBridgeTest, AnExpiredSessionIsClosed) {
  start();
  WsClient client = connect({"Cookie: esms_access_token=" + add_session(account_, 1)});
  EXPECT_EQ(client.close_code(), 1008);
}

TEST_F(WsBridgeTest, AClientThatFallsBehindIsClosedAndNobodyElse) {
  start({"WS_QUEUE_BYTES=200000"});
  const std::string key = add_key(account_);
  WsClient slow = connect_with(key);
  WsClient quick = connect_with(key);
  const std::string event = R"({"text":")" + std::string(1000, 'y') + R"("})";
  for (int i = 0; i < 3000; ++i) {
    publish(live(account_), event);
    ASSERT_EQ(quick.next_text(), event) << i;
  }
  EXPECT_EQ(slow.close_code(), 1013);
}

TEST_F(WsBridgeTest, ALostRedisLinkComesBackWithItsChannels) {
  start();
  WsClient client = connect_with(add_key(account_));
  ASSERT_TRUE(redis_.run({"CLIENT", "KILL", "TYPE", "pubsub"}));
  std::optional<std::string> heard;
  for (int i = 0; i < 100 && !heard; ++i) {
    publish(live(account_), R"({"back":true})");
    heard = client.next_text(50ms);
  }
  EXPECT_EQ(heard, R"({"back":true})");
}

TEST_F(WsBridgeTest, ComingBackAtOnceNeverMissesTheFirstEvent) {
  start();
  const std::string key = add_key(account_);
  for (int i = 0; i < 100; ++i) {
    WsClient client = connect_with(key);
    publish(live(account_), R"({"n":1})");
    ASSERT_EQ(client.next_text(), R"({"n":1})") << i;
  }
}

TEST_F(WsBridgeTest, AddressesAndAccountsHaveALimit) {
  start({"WS_CONNECTIONS_PER_ADDRESS=2", "WS_CONNECTIONS_PER_ACCOUNT=2"});
  std::vector<WsClient> clients;
  for (int i = 0; i < 2; ++i) clients.push_back(connect({"X-Real-IP: 192.0.2.1"}));
  EXPECT_EQ(connect({"X-Real-IP: 192.0.2.1"}).status(), 429);
  EXPECT_EQ(connect({"X-Real-IP: 192.0.2.2"}).status(), 101);

  const std::string key = add_key(account_);
  WsClient first = connect_with(key);
  WsClient second = connect_with(key);
  WsClient third = connect();
  third.send_text(auth_frame(key));
  EXPECT_EQ(third.next_text(), auth_error("Too many connections"));
  EXPECT_EQ(third.close_code(), 1008);
}

TEST_F(WsBridgeTest, TermSaysGoodbyeToEverybody) {
  start();
  WsClient client = connect_with(add_key(account_));
  WsClient stranger = connect();
  bridge_->terminate();
  EXPECT_EQ(client.close_code(), 1001);
  EXPECT_EQ(stranger.close_code(), 1001);
  EXPECT_EQ(bridge_->stop(), 0);
}

}  // namespace
}  // namespace dundun
