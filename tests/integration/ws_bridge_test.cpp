// The shipped ws-bridge against a real PostgreSQL and Redis, without nginx in between: the two ways
// in, who hears what, and who is shown out.
#include "tests/support/bridge_test.h"

namespace dundun {
namespace ws_bridge_test {

using namespace std::chrono_literals;

class WsBridgeTest : public BridgeTest {};

TEST_F(WsBridgeTest, AKeyHearsItsAccountAndEnvironmentOnly) {
  start();
  const int64_t stranger = seed_account(pg_);
  WsClient live_client = connect_with(add_key(account_));
  WsClient test_client = connect_with(add_key(account_, KeyKind::kTest));
  WsClient other_client = connect_with(add_key(stranger));
  const SampleEvent first = status_event(), second = status_event(), third = status_event(),
                    fourth = status_event();
  publish(account_, {first.line, second.line});
  publish(account_, {third.line}, Environment::kTest);
  publish(stranger, {fourth.line});
  EXPECT_EQ(live_client.next_text(), first.json());
  EXPECT_EQ(live_client.next_text(), second.json());
  EXPECT_EQ(test_client.next_text(), third.json());
  EXPECT_EQ(other_client.next_text(), fourth.json());
  EXPECT_EQ(live_client.next_text(50ms), std::nullopt);
}

TEST_F(WsBridgeTest, EventsOfAnySizeArriveWholeAndInOrder) {
  start();
  WsClient client = connect_with(add_key(account_), wants(R"("notification")"));
  std::vector<std::string> events;
  for (const size_t size : {0, 1, 83, 84, 85, 200, 65'000, 65'493, 65'500, 90'000, 5}) {
    events.push_back(R"({"type":"notification","text":")" + std::string(size, 'x') + R"("})");
  }
  publish(account_, events);
  for (const std::string& event : events) EXPECT_EQ(client.next_text(), event);
}

TEST_F(WsBridgeTest, TheSecondDialectIsWhatAnAuthFrameHears) {
  start();
  const std::string app = "app_0123456789abcdef";
  WsClient client = connect_with(add_app_key(account_, app), "");
  SampleEvent sent = status_event(MessageStatus::kSent, app);
  SampleEvent failed = status_event(MessageStatus::kFailed, app, "RingCentral not connected");
  const SampleEvent balance = sample_balance(1);
  const std::string inbound =
      R"({"type":"sms_inbound","messageId":"msg_c3d4","from":"+15559876543"})";
  publish(account_, {sent.line, balance.line, failed.line, inbound});
  const auto expected = [&](const SampleEvent& event, const std::string& outcome) {
    const std::string message = event.json().substr(event.json().find("msg-") + 4, 36);
    std::string hex = message;
    std::erase(hex, '-');
    return R"({"type":"sms_status","event_id":")" + event.id_text() + R"(","messageId":"msg_)" +
           hex + R"(","appId":")" + app + R"(","tenantId":")" + tenant_of(account_) + "\"," +
           outcome + R"(,"timestamp":")" + format_z_ms(created_at(event.id)) + "\"}";
  };
  EXPECT_EQ(client.next_text(), expected(sent, R"("status":"sent","rcMessageId":"rc-9")"));
  EXPECT_EQ(client.next_text(),
            expected(failed, R"("status":"failed","error":"RingCentral not connected")"));
  EXPECT_EQ(client.next_text(), inbound);
}

TEST_F(WsBridgeTest, AnAppHearsItsOwnMessagesAndWhatComesIn) {
  start();
  WsClient mine = connect_with(add_app_key(account_, "app_00000000000000aa"), "");
  WsClient everything = connect_with(add_key(account_), "");
  const SampleEvent theirs = status_event(MessageStatus::kSent, "app_00000000000000bb");
  const SampleEvent nobodys = status_event(MessageStatus::kSent);
  const SampleEvent own = status_event(MessageStatus::kSent, "app_00000000000000aa");
  const std::string inbound = R"({"type":"sms_inbound","messageId":"msg_c3d4"})";
  publish(account_, {theirs.line, nobodys.line, own.line, inbound});
  EXPECT_TRUE(mine.next_text().value_or("").find(own.id_text()) != std::string::npos);
  EXPECT_EQ(mine.next_text(), inbound);
  for (const SampleEvent* event : {&theirs, &nobodys, &own}) {
    EXPECT_TRUE(everything.next_text().value_or("").find(event->id_text()) != std::string::npos);
  }
}

TEST_F(WsBridgeTest, ThePlatformsAdminHearsEveryTenant) {
  start();
  const int64_t stranger = seed_account(pg_);
  WsClient own = connect_with(add_key(account_), "");
  WsClient admin = connect_with(add_app_key(account_, "app_00000000000000ff", 2), "");
  for (const int64_t account : {account_, stranger}) {
    publish(account, {status_event().line});
    EXPECT_TRUE(admin.next_text_with("\"tenantId\":\"" + tenant_of(account) + "\"")) << account;
  }
  // Its resume has no stream to come from.
  WsClient again = connect();
  again.send_text(auth_frame(add_app_key(account_, "app_00000000000000fe", 2),
                             from(event_id_text(new_uuid7()))));
  EXPECT_EQ(again.next_text(), kAuthOk);
  EXPECT_EQ(again.next_text(), kResync);
  EXPECT_TRUE(own.next_text_with("sms_status"));
  EXPECT_EQ(own.next_text(50ms), std::nullopt);
}

TEST_F(WsBridgeTest, EventsPicksTheVocabulary) {
  start();
  const std::string key = add_key(account_);
  WsClient balances = connect_with(key, wants(R"("balance_update")"));
  WsClient second = connect_with(key, wants(R"("sms_status","balance_update")"));
  const SampleEvent status = status_event(), balance = sample_balance(1'500'000);
  publish(account_, {status.line, balance.line});
  EXPECT_EQ(balances.next_text(), balance.json());
  EXPECT_TRUE(second.next_text_with("sms_status"));
  EXPECT_EQ(second.next_text(), balance.json());
  for (const char* wrong :
       {R"(["typo"])", R"("message_status")", "[]", "[1]", R"(["message_status","sms_status"])"}) {
    WsClient client = connect();
    client.send_text(auth_frame(key, std::string(",\"events\":") + wrong));
    EXPECT_EQ(client.next_text(), auth_error("Invalid events")) << wrong;
    EXPECT_EQ(client.close_code(), 1008) << wrong;
  }
  WsClient client = connect();
  client.send_text(auth_frame(key, R"(,"resume_from":"evt_1")"));
  EXPECT_EQ(client.next_text(), auth_error("Invalid resume_from"));
}

TEST_F(WsBridgeTest, ACookiesWishesStandInTheQuery) {
  start();
  const std::string cookie = "Cookie: esms_access_token=" + add_session(account_);
  WsClient client = connect({cookie}, "?events=sms_inbound%2Cbalance_update");
  client.send_text(kPing);
  ASSERT_EQ(client.next_text(), kPong);
  const SampleEvent balance = sample_balance(1);
  publish(account_, {status_event().line, balance.line});
  EXPECT_EQ(client.next_text(), balance.json());
  EXPECT_EQ(connect({cookie}, "?events=typo").status(), 400);
  EXPECT_EQ(connect({cookie}, "?resume_from=evt_1").status(), 400);
}

TEST_F(WsBridgeTest, PingsAreAnsweredAndNonsenseIsNot) {
  start({{"WS_PING_INTERVAL_S", "1"}});
  WsClient client = connect_with(add_key(account_));
  client.send_text("no JSON");
  client.send_text("[1]");
  client.send_text(R"({"type":"dance"})");
  client.send_frame(WsClient::kPing, "are you there");
  client.send_text(kPing);
  EXPECT_EQ(client.next_text(), kPong);
  EXPECT_EQ(client.next_text(2500ms), kPing);  // the server's own
  EXPECT_EQ(client.last_pong(), "are you there");
}

TEST_F(WsBridgeTest, WhoDoesNotAuthenticateIsToldWhyAndClosed) {
  start({{"WS_AUTH_TIMEOUT_S", "1"}});
  const struct {
    std::string frame, error;
  } cases[] = {
      {"{", "Invalid JSON"},
      {kPing, "Send auth first"},
      {"[]", "Send auth first"},
      {R"({"type":"auth"})", "Invalid API key"},
      {R"({"type":"auth","apiKey":5})", "Invalid API key"},
      {auth_frame("esms_live_unheard_of"), "Invalid API key"},
      {R"({"type":"auth","token":"unheard of"})", "Invalid token"},
      {R"({"type":"auth","token":"wst_unheard_of"})", "Invalid token"},
      {auth_frame(add_key(account_, KeyKind::kLive, "{send}")), "API key lacks the query scope"}};
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
  const SampleEvent event = status_event();
  publish(account_, {event.line});
  EXPECT_EQ(client.next_text(), event.json());
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

// Redis once held copies of sessions, and one that was left there let its holder in.
TEST_F(WsBridgeTest, ASessionThatOnlyRedisKnowsIsNone) {
  start();
  const std::string token = to_hex(random_bytes(16));
  ASSERT_TRUE(redis_.run({"SET", "session:" + to_hex(sha256(token)),
                          R"({"account_id":)" + std::to_string(account_) +
                              R"(,"user_id":7,"role":"owner","expires_at":4102444800})"}));
  WsClient client = connect();
  client.send_text(R"({"type":"auth","token":")" + token + R"("})");
  EXPECT_EQ(client.next_text(), auth_error("Invalid token"));
}

TEST_F(WsBridgeTest, AKeyListensFromItsNetworksOnly) {
  start();
  const std::string key = add_key(account_);
  sql_of_test(pg_, "update api_keys set allowed_addresses = '{203.0.113.9}' where key_hash = '\\x" +
                       to_hex(sha256(key)) + "'");
  WsClient inside = connect({"X-Real-IP: 203.0.113.9"});
  inside.send_text(auth_frame(key));
  EXPECT_EQ(inside.next_text(), kAuthOk);
  for (const char* address : {"X-Real-IP: 203.0.113.10", "X-Unknown: 203.0.113.9"}) {
    WsClient elsewhere = connect({address});
    elsewhere.send_text(auth_frame(key));
    EXPECT_EQ(elsewhere.next_text(), auth_error("Not for use from this address")) << address;
    EXPECT_EQ(elsewhere.close_code(), 1008);
  }
  sql_of_test(pg_,
              "update api_keys set allowed_addresses = '{198.51.100.1}' where key_hash = '\\x" +
                  to_hex(sha256(key)) + "'");
  ASSERT_TRUE(redis_.run({"PUBLISH", "control", "config"}));
  EXPECT_EQ(inside.close_code(), 1008) << "its networks are looked at again at every recheck";
}

TEST_F(WsBridgeTest, ASuspendedAccountHearsNothing) {
  start();
  const std::string key = add_key(account_), token = add_session(account_);
  WsClient open = connect_with(key);
  sql_of_test(pg_, "update accounts set status = 2 where account_id = " + std::to_string(account_));
  WsClient by_key = connect();
  by_key.send_text(auth_frame(key));
  EXPECT_EQ(by_key.next_text(), auth_error("Account suspended"));
  EXPECT_EQ(by_key.close_code(), 1008);
  WsClient by_cookie = connect({"Cookie: esms_access_token=" + token});
  EXPECT_EQ(by_cookie.close_code(), 1008);
  ASSERT_TRUE(redis_.run({"PUBLISH", "control", "config"}));
  EXPECT_EQ(open.close_code(), 1008);
}

TEST_F(WsBridgeTest, ADisabledUserHearsNothing) {
  start();
  const std::string token = add_session(account_);
  sql_of_test(pg_,
              "update users set is_active = false where account_id = " + std::to_string(account_));
  WsClient client = connect();
  client.send_text(R"({"type":"auth","token":")" + token + R"("})");
  EXPECT_EQ(client.next_text(), auth_error("Invalid token"));
}

TEST_F(WsBridgeTest, ARevokedKeyIsClosedWithinASecond) {
  start();
  const std::string key = add_key(account_);
  WsClient revoked = connect_with(key);
  WsClient neighbour = connect_with(add_key(account_));
  revoke(key);
  EXPECT_EQ(revoked.close_code(1000ms), 1008);
  const SampleEvent event = status_event();
  publish(account_, {event.line});
  EXPECT_EQ(neighbour.next_text(), event.json());
}

TEST_F(WsBridgeTest, AnExpiredSessionIsClosed) {
  start();
  WsClient client = connect({"Cookie: esms_access_token=" + add_session(account_, 1)});
  EXPECT_EQ(client.close_code(), 1008);
}

TEST_F(WsBridgeTest, AClientThatFallsBehindIsClosedAndNobodyElse) {
  start({{"WS_QUEUE_BYTES", "200000"}});
  const std::string key = add_key(account_);
  WsClient slow = connect_with(key);
  WsClient quick = connect_with(key);
  // A round is half of a queue, so the quick one has room for it on any machine; and the rounds are
  // few, so that the slow one comes to read within the seconds that a close waits for it.
  const std::vector<std::string> round(
      10, R"({"type":"notification","text":")" + std::string(10'000, 'y') + R"("})");
  for (int i = 0; i < 30; ++i) {
    publish(account_, round);
    for (const std::string& event : round) ASSERT_EQ(quick.next_text(), event) << i;
  }
  EXPECT_EQ(slow.close_code(), 1013);
}

TEST_F(WsBridgeTest, OfBalancesThatWaitOnlyTheLastIsSaid) {
  start({{"WS_QUEUE_BYTES", "300000"}});
  const std::string key = add_key(account_);
  WsClient slow = connect_with(key);
  WsClient quick = connect_with(key);
  // Fill what the kernel takes for the slow one, without passing its bound.
  const std::string event =
      R"({"type":"notification","text":")" + std::string(10'000, 'y') + R"("})";
  for (int i = 0; i < 25; ++i) publish(account_, {event});
  std::string last;
  for (int i = 1; i <= 20'000; ++i) {
    last = sample_balance(i).line;
    publish(account_, {last});
    if (i % 100 == 0) {
      ASSERT_TRUE(quick.next_text_with(last)) << i;
    }
  }
  int balances = 0;
  std::optional<std::string> heard;
  do {
    heard = slow.next_text();
    balances += heard && heard->find("balance_update") != std::string::npos ? 1 : 0;
  } while (heard && *heard != last);
  EXPECT_EQ(heard, last);
  EXPECT_LT(balances, 20'000);
}

TEST_F(WsBridgeTest, ComingBackAtOnceNeverMissesTheFirstEvent) {
  start();
  const std::string key = add_key(account_);
  for (int i = 0; i < 100; ++i) {
    WsClient client = connect_with(key);
    const SampleEvent event = status_event();
    publish(account_, {event.line});
    ASSERT_EQ(client.next_text(), event.json()) << i;
  }
}

TEST_F(WsBridgeTest, AddressesAndAccountsHaveALimit) {
  start({{"WS_CONNECTIONS_PER_ADDRESS", "2"}, {"WS_CONNECTIONS_PER_ACCOUNT", "2"}});
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
  bridge_.signal(SIGTERM);
  EXPECT_EQ(client.close_code(), 1001);
  EXPECT_EQ(stranger.close_code(), 1001);
  EXPECT_EQ(bridge_.wait(), 0);
}

}  // namespace ws_bridge_test
}  // namespace dundun
