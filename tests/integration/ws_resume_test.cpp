// What was missed is replayed from the account's stream, or the client is told that it cannot be.
#include <atomic>
#include <thread>

#include "tests/support/bridge_test.h"

namespace dundun {
namespace ws_resume_test {

using namespace std::chrono_literals;

class WsResumeTest : public BridgeTest {
 protected:
  // Events published one by one, in pieces of `together`.
  std::vector<SampleEvent> publish_some(int count, int together = 1) {
    std::vector<SampleEvent> events(static_cast<size_t>(count));
    std::vector<std::string> lines;
    for (SampleEvent& event : events) {
      event = status_event();
      lines.push_back(event.line);
      if (lines.size() == static_cast<size_t>(together) || &event == &events.back()) {
        publish(account_, std::exchange(lines, {}));
      }
    }
    return events;
  }

  WsClient resume(const std::string& key, const std::string& event_id) {
    return connect_with(key, wants(kMessageEvents) + from(event_id));
  }

  void expect_next(WsClient& client, const std::vector<SampleEvent>& events, size_t first = 0) {
    for (size_t i = first; i < events.size(); ++i) {
      ASSERT_EQ(client.next_text(), events[i].json()) << i;
    }
  }
};

TEST_F(WsResumeTest, WhatWasMissedComesInOrderAndThenWhatIsNew) {
  start();
  const std::string key = add_key(account_);
  WsClient before = connect_with(key);
  auto missed = publish_some(100, 7);
  expect_next(before, missed);
  for (const size_t seen : {0, 5, 6, 50, 99}) {
    WsClient client = resume(key, missed[seen].id_text());
    expect_next(client, missed, seen + 1);
    const auto fresh = publish_some(2);
    expect_next(client, fresh);
    EXPECT_EQ(client.next_text(20ms), std::nullopt);
    missed.insert(missed.end(), fresh.begin(), fresh.end());
  }
}

TEST_F(WsResumeTest, ACookieResumesByTheQuery) {
  start();
  const auto missed = publish_some(3);
  const std::string cookie = "Cookie: esms_access_token=" + add_session(account_);
  const std::string from = "resume_from=" + missed[0].id_text();
  const std::string kinds = "events=message_status%2Cbalance_update";
  for (const std::string& query : {"?" + from, "?" + kinds + "&" + from, "?" + from + "&" + kinds,
                                   "?a=b&" + from + "&c", "?a&&" + kinds + "&" + from + "&"}) {
    WsClient client = connect({cookie}, query);
    ASSERT_EQ(client.status(), 101) << query;
    expect_next(client, missed, 1);
  }
}

TEST_F(WsResumeTest, AnAppsReplayIsItsOwnToo) {
  start();
  const std::string key = add_app_key(account_, "app_00000000000000aa");
  const SampleEvent seen = status_event(MessageStatus::kSent, "app_00000000000000aa");
  const SampleEvent theirs = status_event(MessageStatus::kSent, "app_00000000000000bb");
  const SampleEvent missed = status_event(MessageStatus::kDelivered, "app_00000000000000aa");
  publish(account_, {seen.line, theirs.line, missed.line});
  WsClient client = connect_with(key, from(seen.id_text()));
  EXPECT_TRUE(client.next_text().value_or("").find(missed.id_text()) != std::string::npos);
  EXPECT_EQ(client.next_text(20ms), std::nullopt);
}

TEST_F(WsResumeTest, WhatCannotBeProvedIsSaid) {
  start();
  const std::string key = add_key(account_);
  const auto old = publish_some(3);
  const auto expect_resync = [&](const std::string& event_id) {
    WsClient client = resume(key, event_id);
    ASSERT_EQ(client.next_text(), kResync);
    const auto fresh = publish_some(2);
    expect_next(client, fresh);
  };
  expect_resync(event_id_text(new_uuid7()));               // nobody published it
  expect_resync(event_id_text(uuid7_floor(now() - 24h)));  // long ago
  ASSERT_TRUE(
      redis_.run({"XTRIM", "stream:{" + std::to_string(account_) + "}:live", "MAXLEN", "1"}));
  expect_resync(old[1].id_text());  // trimmed
  const auto seen = publish_some(1);
  ASSERT_TRUE(redis_.run({"FLUSHALL"}));
  expect_resync(seen[0].id_text());  // flushed
}

// After a flush the scheduler may publish an old event again: the stream does not hold what came
// after it the first time.
TEST_F(WsResumeTest, AnEventPublishedAgainProvesNothing) {
  start();
  const std::string key = add_key(account_);
  const auto lost = publish_some(2);
  ASSERT_TRUE(redis_.run({"FLUSHALL"}));
  publish(account_, {lost[0].line}, Environment::kLive, Publishing::kAgain);
  WsClient client = resume(key, lost[0].id_text());
  EXPECT_EQ(client.next_text(), kResync);
}

TEST_F(WsResumeTest, ComingBackWhileEventsFlowMissesNoneAndRepeatsNone) {
  start();
  const std::string key = add_key(account_);
  WsClient client = connect_with(key);
  std::atomic<bool> done{false};
  std::vector<SampleEvent> events;
  std::jthread publisher([&] {
    events = publish_some(4000, 5);  // 800 pieces: none is trimmed
    done = true;
  });
  std::vector<std::string> heard;
  while (true) {
    for (int i = 0; i < 37; ++i) {
      const auto text = client.next_text(done ? 200ms : 5000ms);
      if (!text) break;
      heard.push_back(*text);
    }
    if (done && heard.size() >= 4000) break;
    ASSERT_FALSE(heard.empty());
    const std::string last = heard.back().substr(heard.back().find("evt_"), 36);
    client = resume(key, last);
  }
  publisher.join();
  ASSERT_EQ(heard.size(), events.size());
  for (size_t i = 0; i < heard.size(); ++i) ASSERT_EQ(heard[i], events[i].json()) << i;
}

TEST_F(WsResumeTest, ALongReplayGoesAtTheReadersPace) {
  start({{"WS_QUEUE_BYTES", "400000"}});
  const std::string key = add_key(account_);
  const auto missed = publish_some(20'000, 60);  // 4 MB, ten times its queue
  WsClient client = resume(key, missed[0].id_text());
  WsClient other = connect_with(key);
  const auto fresh = publish_some(10);
  expect_next(other, fresh);
  expect_next(client, missed, 1);
  expect_next(client, fresh);
}

TEST_F(WsResumeTest, ALostLinkIsCaughtUpWith) {
  start();
  const std::string key = add_key(account_);
  WsClient client = connect_with(key);
  const auto before = publish_some(1);
  expect_next(client, before);
  ASSERT_TRUE(redis_.run({"CLIENT", "KILL", "TYPE", "pubsub"}));
  const auto meanwhile = publish_some(50, 3);  // the bridge comes back after 50 ms
  expect_next(client, meanwhile);
  EXPECT_EQ(client.next_text(20ms), std::nullopt);
}

TEST_F(WsResumeTest, ALinkLostBeforeTheFirstEventToo) {
  start();
  WsClient client = connect_with(add_key(account_));
  ASSERT_TRUE(redis_.run({"CLIENT", "KILL", "TYPE", "pubsub"}));
  const auto meanwhile = publish_some(5);
  expect_next(client, meanwhile);
}

TEST_F(WsResumeTest, WhatWasFlushedWhileTheLinkWasAwayIsSaid) {
  start();
  WsClient client = connect_with(add_key(account_));
  const auto before = publish_some(1);
  expect_next(client, before);
  ASSERT_TRUE(redis_.run({"CLIENT", "KILL", "TYPE", "pubsub"}));
  publish_some(3);
  ASSERT_TRUE(redis_.run({"FLUSHALL"}));
  ASSERT_EQ(client.next_text(), kResync);
  expect_next(client, publish_some(2));
}

TEST_F(WsResumeTest, ARedisThatDiesAndComesBackEmptyIsNoGapInSilence) {
  start();
  const std::string key = add_key(account_);
  WsClient client = connect_with(key);
  const auto before = publish_some(1);
  expect_next(client, before);
  Stack::shared().stop_redis();
  WsClient meanwhile = resume(key, before[0].id_text());  // let in; its replay waits
  Stack::shared().start_redis();
  ASSERT_EQ(client.next_text(), kResync);
  ASSERT_EQ(meanwhile.next_text(), kResync);
  ASSERT_TRUE(wait_until([&] { return redis_.run({"PING"}).has_value(); }));
  const auto fresh = publish_some(2);
  for (WsClient* each : {&client, &meanwhile}) {
    // Both its replay and its channel may have lost the thread.
    EXPECT_TRUE(each->next_text_with(fresh[0].json()));
    expect_next(*each, fresh, 1);
  }
}

TEST_F(WsResumeTest, AnyBridgeTakesOverFromAnother) {
  start();
  const std::string first_socket = socket_;
  Process first = std::move(bridge_);
  const std::string key = add_key(account_);
  WsClient client = connect_with(key);
  expect_next(client, publish_some(1));
  socket_ += ".2";
  start();
  first.kill_now();
  EXPECT_EQ(client.close_code(), 1006);
  const auto missed = publish_some(1);
  const auto more = publish_some(5);
  WsClient again = resume(key, missed[0].id_text());
  expect_next(again, more);
}

}  // namespace ws_resume_test
}  // namespace dundun
