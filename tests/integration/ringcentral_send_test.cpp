// Messages by RingCentral: sent once, refused, late, in doubt; tokens renewed on the way.
#include "common/carrier/ringcentral/connections.h"
#include "common/sms/charset.h"
#include "tests/integration/ringcentral_fixture.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace ringcentral_send_test {

HttpStandIn::Reply silence(const HttpStandIn::Seen&) {
  std::this_thread::sleep_for(std::chrono::seconds(1));  // longer than anybody waits
  return {};
}

class RingCentralSendTest : public RingCentralTest {
 protected:
  void connected(std::map<std::string, std::string> environment = {},
                 const std::string& more = "") {
    start(std::move(environment), more);
    ASSERT_EQ(connect(key_, kUser, "&format=json").body, R"({"ok":true})");
    scheduler_ = service_->scheduler(600);
  }
  void look_now() { sql_of_test(pg(), "update rc_looks set look_at = now()"); }
  void end_tokens() { sql_of_test(pg(), "update rc_connections set expires_at = now()"); }
  std::string error_of(const std::string& id) { return json_field(message(id), "error"); }
  int64_t count(const std::string& where) {
    return number_of(pg(), "select count(*) from messages where " + where);
  }

  Process scheduler_;
};

TEST_F(RingCentralSendTest, AMessageIsSentAndDelivered) {
  connected();
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "sent")) << message(id);
  const auto submits = ringcentral_.submits();
  ASSERT_EQ(submits.size(), 1u);
  EXPECT_EQ(submits[0].body,
            R"({"from":{"phoneNumber":"+254700000001"},"to":[{"phoneNumber":"+254712345678"}],)"
            R"("text":"Van is outside"})");
  const std::string rc_id = json_field(message(id), "rcMessageId");
  EXPECT_EQ(rc_id.substr(0, 10), "3062991514") << message(id);
  // RingCentral knows no more yet, then it does.
  look_now();
  ASSERT_TRUE(wait_until([&] { return ringcentral_.calls("message-store/" + rc_id) == 1; }));
  ringcentral_.set_status(rc_id, "Delivered");
  look_now();
  ASSERT_TRUE(becomes(id, "delivered")) << message(id);
  EXPECT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from rc_looks") == 0; }));
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(RingCentralSendTest, AFailureInRingCentralsNetworkIsTold) {
  connected();
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "sent")) << message(id);
  ringcentral_.set_status(json_field(message(id), "rcMessageId"), "SendingFailed", "SMS-CAR-411");
  look_now();
  ASSERT_TRUE(becomes(id, "failed")) << message(id);
  EXPECT_EQ(error_of(id), "RingCentral reports SendingFailed (SMS-CAR-411).");
  const std::string other = sent(key_);
  ASSERT_TRUE(becomes(other, "sent")) << message(other);
  ringcentral_.set_status(json_field(message(other), "rcMessageId"), "DeliveryFailed",
                          "SMS-CAR-413");
  look_now();
  ASSERT_TRUE(becomes(other, "failed")) << message(other);
  const auto failed = [&](const std::string& code, const std::string& carrier_code) {
    return number_of(pg(), "select count(*) from messages where error_code = '" + code +
                               "' and carrier_error_code = '" + carrier_code + "'");
  };
  EXPECT_EQ(failed("REJECTD", "SMS-CAR-411"), 1);
  EXPECT_EQ(failed("OPTED_OUT", "SMS-CAR-413"), 1);
}

TEST_F(RingCentralSendTest, RefusalsBearRingCentralsWordsAndAreRefunded) {
  connected();
  const int64_t before = balance();
  const auto refused = [&](HttpStandIn::Reply reply, const std::string& text) {
    ringcentral_.answer_sms([reply](const HttpStandIn::Seen&) { return reply; });
    const std::string id = sent(key_);
    ASSERT_TRUE(becomes(id, "failed")) << message(id);
    EXPECT_EQ(error_of(id), text);
  };
  refused(
      {403,
       R"({"errorCode":"FeatureNotAvailable","message":"Phone number doesn't belong to extension",)"
       R"("errors":[{"errorCode":"MSG-304","message":"Phone number doesn't belong to extension"}]})",
       ""},
      "Phone number doesn't belong to extension");
  refused(
      {400, R"({"errorCode":"InvalidParameter","message":"Parameter [to] value is invalid"})", ""},
      "Parameter [to] value is invalid");
  refused({404, "not JSON", ""}, "RingCentral refused it.");
  EXPECT_EQ(ringcentral_.submits().size(), 3u);
  sql_of_test(pg(), "delete from rc_numbers");
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "failed")) << message(id);
  EXPECT_EQ(error_of(id), "from number is not registered in the tenant's RingCentral account");
  EXPECT_EQ(ringcentral_.submits().size(), 3u);
  EXPECT_EQ(balance(), before);
  EXPECT_EQ(service_->reconcile(), 0);
}

// RingCentral counts UTF-16 units, and takes 1,000.
TEST_F(RingCentralSendTest, ATextThatRingCentralWouldNotTakeIsNotBroughtToIt) {
  connected();
  const auto becomes_of = [&](size_t length) {
    const HttpAnswer sent = call("POST", "/sms/send", key_,
                                 R"({"from":")" + std::string(kFrom) + R"(","to":")" + kTo +
                                     R"(","body":")" + std::string(length, 'a') + R"("})");
    EXPECT_EQ(sent.status, 202) << sent.body;
    return json_field(sent.body, "messageId");
  };
  const std::string longest = becomes_of(1000), too_long = becomes_of(1001);
  ASSERT_TRUE(becomes(longest, "sent")) << message(longest);
  ASSERT_TRUE(becomes(too_long, "failed")) << message(too_long);
  EXPECT_EQ(error_of(too_long), "RingCentral takes at most 1000 characters (UTF-16 units).");
  EXPECT_EQ(ringcentral_.submits().size(), 1u);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(RingCentralSendTest, WhatRingCentralThrottlesComesAgain) {
  connected();
  std::atomic<int> asked{0};
  ringcentral_.answer_sms([&](const HttpStandIn::Seen&) -> HttpStandIn::Reply {
    if (asked++ == 0) {
      return {429, R"({"errorCode":"CMN-301","message":"Request rate exceeded"})",
              "Retry-After: 70\r\n"};
    }
    return {200, R"({"id":77,"messageStatus":"Sent"})", ""};
  });
  const std::string id = sent(key_);
  ASSERT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from dispatch") == 1; }));
  EXPECT_EQ(json_field(message(id), "status"), "queued");
  EXPECT_GT(number_of(pg(), "select round(extract(epoch from due_at - now())) from dispatch"), 20);
  // Whoever asks within the penalty begins it anew: other messages of the user wait too.
  const std::string other = sent(key_);
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from message_events where event = 'paced'") == 1;
  }));
  EXPECT_EQ(asked, 1);
  sql_of_test(pg(), "update rc_connections set held_until = null");
  sql_of_test(pg(), "update dispatch set due_at = now()");
  ASSERT_TRUE(becomes(id, "sent")) << message(id);
  ASSERT_TRUE(becomes(other, "sent")) << message(other);
  EXPECT_EQ(json_field(message(id), "rcMessageId"), "77");
}

TEST_F(RingCentralSendTest, AWrongClientSecretEndsNoConnection) {
  connected();
  ringcentral_.change_client_secret("another");
  end_tokens();
  const std::string id = sent(key_);
  ASSERT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from dispatch") == 1; }));
  sql_of_test(pg(), "update rc_connections set tended_at = null");
  ASSERT_TRUE(wait_until([&] { return ringcentral_.calls("grant_type=refresh_token") >= 2; }));
  EXPECT_EQ(json_field(call("GET", "/rc/status", key_).body, "connected"), "true");
  EXPECT_EQ(json_field(message(id), "status"), "queued");
  ringcentral_.change_client_secret(RingCentralStandIn::kClientSecret);
  sql_of_test(pg(), "update dispatch set due_at = now()");
  ASSERT_TRUE(becomes(id, "sent")) << message(id);
}

TEST_F(RingCentralSendTest, WhatMayHaveLeftIsNeverSentAgain) {
  connected({{"SUBMIT_DOUBT_S", "3"}}, R"("timeout_ms": 500,)");
  const int64_t before = balance();
  for (const HttpStandIn::Play& play :
       {HttpStandIn::Play(silence), HttpStandIn::Play([](const HttpStandIn::Seen&) {
          return HttpStandIn::Reply{503, "", ""};
        })}) {
    const size_t submits = ringcentral_.submits().size();
    ringcentral_.answer_sms(play);
    const std::string id = sent(key_);
    ASSERT_TRUE(becomes(id, "failed")) << message(id);
    EXPECT_EQ(error_of(id), "The carrier never answered the submit.");
    EXPECT_EQ(ringcentral_.submits().size(), submits + 1);
  }
  EXPECT_EQ(balance(), before);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(RingCentralSendTest, AKilledProcessSubmitsNothingTwice) {
  connected({{"SUBMIT_DOUBT_S", "3"}}, R"("timeout_ms": 500,)");
  ringcentral_.answer_sms(silence);
  const std::string id = sent(key_);
  ASSERT_TRUE(wait_until([&] { return ringcentral_.submits().size() == 1; }));
  service_->restart_all(SIGKILL);
  ASSERT_TRUE(becomes(id, "failed")) << message(id);
  EXPECT_EQ(ringcentral_.submits().size(), 1u);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(RingCentralSendTest, ManySendersRenewATokenOnce) {
  connected();
  end_tokens();
  std::vector<std::thread> senders;
  for (int i = 0; i < 12; ++i) {
    senders.emplace_back([&] { (void)sent(key_); });
  }
  for (std::thread& one : senders) one.join();
  ASSERT_TRUE(wait_until([&] { return count("status = 4") == 12; }));
  EXPECT_EQ(ringcentral_.calls("grant_type=refresh_token"), 1);
  EXPECT_EQ(ringcentral_.submits().size(), 12u);
}

TEST_F(RingCentralSendTest, OfManyProcessesOneRenews) {
  start();
  ASSERT_EQ(connect(key_, kUser, "&format=json").body, R"({"ok":true})");
  end_tokens();
  Config config;
  std::string digits;
  std::ifstream(service_->folder() + "/secrets.key") >> digits;
  config.secrets_key = *from_hex(digits);
  config.carrier_secrets_dir = service_->environment().at("CARRIER_SECRETS_DIR");
  const RingCentralApi api(*ringcentral_settings(pg(), config));
  const RcUser user{account_, kUser};
  std::vector<std::thread> processes;
  std::mutex mutex;
  std::set<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    processes.emplace_back([&] {
      Pg own({.url = service_->database()});
      EXPECT_TRUE(wait_until([&] {
        const auto token = access_token(own, config, api, user, std::chrono::seconds(30));
        if (!token || !*token) return false;
        std::lock_guard lock(mutex);
        tokens.insert(**token);
        return true;
      }));
    });
  }
  for (std::thread& one : processes) one.join();
  EXPECT_EQ(ringcentral_.calls("grant_type=refresh_token"), 1);
  EXPECT_EQ(tokens.size(), 1u);
}

TEST_F(RingCentralSendTest, TokensThatWereLostOnTheirWayEndAConnectionButNotAJwts) {
  connected();
  ringcentral_.lose_next_tokens();
  end_tokens();
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "failed")) << message(id);
  EXPECT_EQ(error_of(id), "RingCentral not connected for this tenant");
  EXPECT_EQ(ringcentral_.submits().size(), 0u);
  ringcentral_.add_jwt("jwt-of-the-tests", kUser);
  const std::string manager =
      seed_key(pg(), account_, KeyKind::kLive, "{send,query,webhooks,admin}");
  EXPECT_EQ(call("POST", "/rc/jwt", manager, R"({"jwt":"jwt-of-the-tests"})").body,
            R"({"ok":true})");
  ringcentral_.lose_next_tokens();
  end_tokens();
  const std::string later = sent(key_);
  EXPECT_TRUE(becomes(later, "sent")) << message(later);
}

TEST_F(RingCentralSendTest, ItsStatesAreHeardLive) {
  connected();
  service_->start_bridge();
  // The bridge takes connections before it has its own.
  std::optional<WsClient> socket;
  ASSERT_TRUE(wait_until([&] {
    socket.emplace(WsClient::Options{.address = "unix:" + service_->ws_socket()});
    socket->send_text(R"({"type":"auth","apiKey":")" + key_ + R"("})");
    return socket->next_text_with("auth_ok").has_value();
  }));
  const std::string id = sent(key_);
  const auto heard = socket->next_text_with(R"("status":"sent")");
  ASSERT_TRUE(heard);
  EXPECT_EQ(json_field(*heard, "type"), "sms_status");
  EXPECT_EQ(json_field(*heard, "messageId"), id);
  EXPECT_EQ(json_field(*heard, "rcMessageId"), json_field(message(id), "rcMessageId"));
  EXPECT_EQ(json_field(*heard, "error"), "");
  ringcentral_.revoke(kUser);
  end_tokens();
  const std::string second = sent(key_);
  const auto failed = socket->next_text_with(R"("status":"failed")");
  ASSERT_TRUE(failed);
  EXPECT_EQ(json_field(*failed, "messageId"), second);
  EXPECT_EQ(json_field(*failed, "error"), "RingCentral not connected for this tenant");
}

TEST_F(RingCentralSendTest, ATokenThatEndedEarlyIsRenewed) {
  connected();
  ringcentral_.forget_access_tokens();
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "sent")) << message(id);
  EXPECT_EQ(ringcentral_.calls("grant_type=refresh_token"), 1);
  EXPECT_EQ(ringcentral_.submits().size(), 1u);
}

TEST_F(RingCentralSendTest, ARevokedAuthorizationFailsTheMessagesAndSaysSo) {
  connected();
  const int64_t before = balance();
  ringcentral_.revoke(kUser);
  const std::string id = sent(key_);
  ASSERT_TRUE(becomes(id, "failed")) << message(id);
  EXPECT_EQ(error_of(id), "RingCentral not connected for this tenant");
  EXPECT_EQ(call("GET", "/rc/status", key_).body, R"({"connected":false})");
  EXPECT_EQ(balance(), before);
  const std::string told =
      "select count(*) from notifications where link = '/ringcentral' and"
      " body like '%extension " +
      std::string(kUser) + ".%'";
  EXPECT_TRUE(wait_until([&] { return number_of(pg(), told) == 1; }));
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from rc_connections where notice_due") == 0;
  }));
  EXPECT_EQ(number_of(pg(), told), 1);
  // Connected again, it goes on.
  EXPECT_EQ(connect(key_, kUser).status, 200);
  const std::string later = sent(key_);
  EXPECT_TRUE(becomes(later, "sent")) << message(later);
}

TEST_F(RingCentralSendTest, ANumbersMinuteIsFullAndTheNextMessageWaits) {
  connected({}, R"("messages_per_minute": 3,)");
  for (int i = 0; i < 5; ++i) (void)sent(key_);
  ASSERT_TRUE(wait_until([&] { return count("status = 4") == 3; }));
  ASSERT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from dispatch") == 2; }));
  EXPECT_EQ(ringcentral_.submits().size(), 3u);
  EXPECT_EQ(count("status = 2"), 2);
  EXPECT_GT(number_of(pg(), "select min(extract(epoch from due_at - now()))::int from dispatch"),
            30);
  // Each has its place: when that comes it is not counted again.
  sql_of_test(pg(), "update dispatch set due_at = now()");
  EXPECT_TRUE(wait_until([&] { return count("status = 4") == 5; })) << count("status = 4");
  EXPECT_EQ(ringcentral_.submits().size(), 5u);
}

TEST_F(RingCentralSendTest, OtherProgramsLeaveTheSubmitToTheScheduler) {
  connected();
  const std::string esms = seed_key(pg(), account_);
  const HttpAnswer answer = service_->client().post(esms, "/api/messages/send",
                                                    R"({"to":"+254712345678","text":"Gate 4"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  // The route's default sender is no number of the tenant's.
  ASSERT_TRUE(wait_until([&] { return count("status = 6") == 1; }));
  EXPECT_EQ(ringcentral_.submits().size(), 0u);
}

TEST_F(RingCentralSendTest, SubscriptionsAndNumbersAreKept) {
  connected();
  sql_of_test(pg(),
              "update rc_connections set tended_at = null, numbers_at = null, "
              "subscription_until = now() + interval '1 hour'");
  ringcentral_.give_number(kUser, "+254700000003");
  EXPECT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from rc_connections where subscription_until > now() + "
                     "interval '6 days'") == 1;
  }));
  EXPECT_EQ(ringcentral_.subscriptions().begin()->second.renewals, 1);
  EXPECT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from rc_numbers") == 2; }));
  // RingCentral has forgotten it: a new one.
  sql_of_test(pg(),
              "update rc_connections set tended_at = null, subscription_id = 'gone', "
              "subscription_until = now() + interval '1 hour'");
  EXPECT_TRUE(wait_until([&] { return ringcentral_.subscriptions().size() == 2; }));
}

// RingCentral suspends a subscription after a notification that failed, and says so only if asked.
TEST_F(RingCentralSendTest, ASuspendedSubscriptionIsMadeAnew) {
  connected();
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(),
                     "select count(*) from rc_connections where subscription_seen_at > now() "
                     "- interval '1 minute'") == 1;
  }));
  const auto before = ringcentral_.subscriptions();
  ASSERT_EQ(before.size(), 1u);
  for (const char* status : {"Suspended", "Blacklisted"}) {
    const auto old = ringcentral_.subscriptions();
    ringcentral_.set_subscriptions(status);
    sql_of_test(pg(),
                "update rc_connections set tended_at = null, subscription_seen_at = now() - "
                "interval '61 minutes'");
    EXPECT_TRUE(wait_until([&] {
      const auto all = ringcentral_.subscriptions();
      if (all.size() != 1 || all.begin()->first == old.begin()->first) return false;
      // It is written down too: what is written later would hide that the next look is due.
      return number_of(pg(), "select count(*) from rc_connections where subscription_id = '" +
                                 all.begin()->first + "'") == 1;
    })) << status;
  }
  EXPECT_EQ(ringcentral_.calls("DELETE /restapi/v1.0/subscription/"), 2);
}

}  // namespace ringcentral_send_test
}  // namespace dundun
