// Texts that no notification brought are asked for in RingCentral's message store.
#include "common/io/json.h"
#include "tests/integration/ringcentral_fixture.h"

namespace dundun {
namespace ringcentral_texts_test {

using namespace std::chrono_literals;

class RingCentralTextsTest : public RingCentralTest {
 protected:
  void connected(const std::string& every_s = "1") {
    start({{"RC_TEXTS_EVERY_S", every_s}});
    ASSERT_EQ(connect(key_, kUser, "&format=json").body, R"({"ok":true})");
    word_ = ringcentral_.subscriptions().begin()->second.verification;
  }
  // In the store, and no notification of it came.
  void missed(const std::string& id, const std::string& text, Instant at = now()) {
    ringcentral_.keep_text(kUser, {id, kTo, kFrom, text, at});
  }
  HttpAnswer notify(const std::string& id, const std::string& text) {
    const std::string body =
        R"({"ownerId":")" + std::string(kUser) + R"(","body":{"id":")" + id +
        R"(","to":[{"phoneNumber":")" + kFrom + R"(","target":true}],"from":{"phoneNumber":")" +
        kTo + R"("},"type":"SMS","direction":"Inbound","subject":")" + text + R"("}})";
    return call("POST", "/webhooks/ringcentral", "", body,
                {{"Content-Type", "application/json"}, {"Verification-Token", word_}});
  }
  int64_t texts() { return number_of(pg(), "select count(*) from inbound_messages"); }
  int64_t opt_outs() { return number_of(pg(), "select count(*) from opt_outs"); }
  int asked() { return ringcentral_.calls("message-store?"); }
  // So many questions more, after which every text must have been seen.
  bool asked_again(int times) {
    const int before = asked();
    return wait_until([&] { return asked() >= before + times; });
  }
  void was_away(const std::string& interval) {
    sql_of_test(pg(),
                "update rc_connections set connected_at = now() - interval '40 days', "
                "texts_until = now() - interval '" +
                    interval + "', texts_asked_at = null");
  }

  // The look that is under way has ended: what it has to note would come after was_away().
  bool has_looked() {
    return wait_until([&] {
      return number_of(pg(),
                       "select count(*) from rc_connections where texts_until > now() - "
                       "interval '1 minute'") == 1;
    });
  }

  std::string word_;
};

TEST_F(RingCentralTextsTest, WhatNobodyBroughtIsFetchedOnce) {
  connected();
  EXPECT_EQ(notify("101", "Brought").status, 200);
  missed("101", "Brought");
  missed("102", "Missed \xF0\x9F\x98\x80 \"quoted\"");
  Process scheduler = service_->scheduler(600);
  EXPECT_TRUE(wait_until([&] { return texts() == 2; }));
  EXPECT_TRUE(asked_again(2));
  EXPECT_EQ(texts(), 2);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from inbound_messages where carrier_message_id = '102'"
                      " and sender = '+254712345678' and recipient = '+254700000001' and "
                      "body = 'Missed \xF0\x9F\x98\x80 \"quoted\"'"),
            1);
  // Its notification comes after all.
  EXPECT_EQ(notify("102", "Missed").status, 200);
  EXPECT_EQ(texts(), 2);
}

TEST_F(RingCentralTextsTest, ASubscriptionMadeAnewIsAReasonToAsk) {
  connected("3600");
  Process scheduler = service_->scheduler(600);
  ASSERT_TRUE(wait_until([&] { return asked() >= 1; }));
  missed("201", "While you were away");
  ringcentral_.set_subscriptions("Blacklisted");
  sql_of_test(pg(),
              "update rc_connections set tended_at = null, subscription_seen_at = now() - "
              "interval '61 minutes'");
  EXPECT_TRUE(wait_until([&] { return texts() == 1; }));
}

// A text every half minute of an hour without a subscription; some were brought before, some are
// brought after all, and two schedulers ask.
TEST_F(RingCentralTextsTest, TheTextsOfABlacklistedHourComeEachOnce) {
  constexpr int kTexts = 120, kBrought = 10;
  connected("3600");
  const auto id = [](int i) { return std::to_string(5000 + i); };
  for (int i = 0; i < kTexts; ++i) missed(id(i), "T", now() - 1h + i * 30s);
  for (int i = 0; i < kBrought; ++i) EXPECT_EQ(notify(id(i), "T").status, 200);
  was_away("1 hour");
  sql_of_test(pg(), "update rc_connections set texts_asked_at = now()");  // not due by itself
  ringcentral_.set_subscriptions("Blacklisted");
  Process scheduler = service_->scheduler(600), another = service_->scheduler(600);
  EXPECT_EQ(texts(), kBrought);
  sql_of_test(pg(),
              "update rc_connections set tended_at = null, subscription_seen_at = now() - "
              "interval '61 minutes'");
  EXPECT_TRUE(wait_until([&] { return texts() == kTexts; })) << texts();
  word_ = ringcentral_.subscriptions().begin()->second.verification;
  for (int i = kTexts - kBrought; i < kTexts; ++i) EXPECT_EQ(notify(id(i), "T").status, 200);
  was_away("1 hour");
  EXPECT_TRUE(asked_again(1));
  EXPECT_EQ(number_of(pg(), "select count(distinct carrier_message_id) from inbound_messages"),
            kTexts);
  EXPECT_EQ(texts(), kTexts);
}

TEST_F(RingCentralTextsTest, DaysAndPagesAreReadToTheEnd) {
  connected("3600");
  const Instant first = now() - 50h;
  for (int i = 0; i < 250; ++i) missed(std::to_string(1000 + i), "T", first + i * 1s);
  missed("2000", "Yesterday", now() - 20h);
  missed("2001", "Now", now() - 1s);
  was_away("51 hours");
  Process scheduler = service_->scheduler(600);
  EXPECT_TRUE(wait_until([&] { return texts() == 252; })) << texts();
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from rc_connections where texts_until > now() - "
                      "interval '1 minute' and texts_asked_at is not null"),
            1);
  EXPECT_EQ(ringcentral_.calls("&page=3"), 1);
}

TEST_F(RingCentralTextsTest, WishesCountInTheOrderInWhichTheyWereWritten) {
  connected("3600");
  missed("301", "STOP", now() - 30min);
  missed("302", "START", now() - 20min);
  was_away("1 hour");
  Process scheduler = service_->scheduler(600);
  EXPECT_TRUE(wait_until([&] { return texts() == 2; }));
  EXPECT_EQ(opt_outs(), 0);
  // A STOP that was brought is later than the START that was not.
  EXPECT_EQ(notify("304", "STOP").status, 200);
  EXPECT_EQ(opt_outs(), 1);
  missed("303", "START", now() - 10min);
  ASSERT_TRUE(has_looked());
  was_away("1 hour");
  EXPECT_TRUE(wait_until([&] { return texts() == 4; }));
  EXPECT_EQ(opt_outs(), 1);
}

TEST_F(RingCentralTextsTest, AnOldTextIsAnsweredByNoMachine) {
  connected("3600");
  sql_of_test(pg(), "update inbound_numbers set auto_reply = 'We are back at 9.'");
  missed("401", "Anybody?", now() - 2h);
  was_away("3 hours");
  Process scheduler = service_->scheduler(600);
  EXPECT_TRUE(wait_until([&] { return texts() == 1; }));
  ringcentral_.keep_text(kUser, {"402", "+254712345679", kFrom, "Anybody now?", now()});
  sql_of_test(pg(), "update rc_connections set texts_asked_at = null");
  EXPECT_TRUE(wait_until([&] { return texts() == 2; }));
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from messages where source = 'auto_reply'") == 1;
  }));
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where phone = '+254712345679'"), 1);
}

TEST_F(RingCentralTextsTest, APenaltyIsWaitedFor) {
  connected("1");
  missed("501", "Patience");
  ringcentral_.throttle_store(90);
  Process scheduler = service_->scheduler(600);
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from rc_connections where held_until between now() + "
                     "interval '80 s' and now() + interval '91 s'") == 1;
  }));
  EXPECT_EQ(asked(), 1);
  sql_of_test(pg(), "update rc_connections set held_until = null");
  EXPECT_TRUE(wait_until([&] { return texts() == 1; }));
}

TEST_F(RingCentralTextsTest, AWrongClientSecretForAnHourEndsNoneOfTwentyConnections) {
  start();
  constexpr int kTenants = 20;
  for (int i = 0; i < kTenants; ++i) {
    int64_t account = 0;
    const std::string key = i == 0 ? key_ : make_tenant(account);
    const std::string user = std::to_string(629894000 + i);
    ringcentral_.give_number(user, "2547000010" + std::to_string(10 + i));
    ASSERT_EQ(connect(key, user).status, 200);
  }
  ringcentral_.change_client_secret("another");
  Process scheduler = service_->scheduler(600);
  // An hour has 60 rounds of upkeep; six of each do for all.
  for (int round = 0; round < 6; ++round) {
    const int before = ringcentral_.calls("grant_type=refresh_token");
    sql_of_test(pg(), "update rc_connections set tended_at = null, expires_at = now()");
    ASSERT_TRUE(wait_until(
        [&] { return ringcentral_.calls("grant_type=refresh_token") >= before + kTenants; }));
  }
  const auto live = [&](const std::string& where) {
    return number_of(pg(), "select count(*) from rc_connections where state = 1" + where);
  };
  EXPECT_EQ(live(""), kTenants);
  ringcentral_.change_client_secret(RingCentralStandIn::kClientSecret);
  sql_of_test(pg(), "update rc_connections set tended_at = null");
  EXPECT_TRUE(wait_until([&] { return live(" and expires_at > now()") == kTenants; }));
}

}  // namespace ringcentral_texts_test
}  // namespace dundun
