// Texts that RingCentral brings.
#include "tests/integration/ringcentral_fixture.h"

namespace dundun {
namespace ringcentral_inbound_test {

class RingCentralInboundTest : public RingCentralTest {
 protected:
  void connected() {
    start();
    ASSERT_EQ(connect(key_, kUser, "&format=json").body, R"({"ok":true})");
    word_ = ringcentral_.subscriptions().begin()->second.verification;
  }
  static std::string text(const std::string& id, const std::string& to = kFrom,
                          const std::string& owner = kUser) {
    return R"({"uuid":"6242343638330007102","event":"/restapi/v1.0/account/1/extension/)" + owner +
           R"(/message-store/instant?type=SMS","subscriptionId":"sub-1","ownerId":")" + owner +
           R"(","body":{"id":")" + id +
           R"(","to":[{"phoneNumber":"+254700000009"},{"phoneNumber":")" + to +
           R"(","target":true}],"from":{"phoneNumber":"+254712345678"},"type":"SMS",)"
           R"("direction":"Inbound","subject":"Yes, I confirm","messageStatus":"Received"}})";
  }
  HttpAnswer notify(const std::string& body, const std::string& word) {
    return call("POST", "/webhooks/ringcentral", "", body,
                {{"Content-Type", "application/json"}, {"Verification-Token", word}});
  }
  int64_t texts() { return number_of(pg(), "select count(*) from inbound_messages"); }

  std::string word_;
};

TEST_F(RingCentralInboundTest, TheHandshakeGetsItsTokenBack) {
  start();
  const auto shake = [&](const std::string& token) {
    return call("POST", "/webhooks/ringcentral", "", "", {{"Validation-Token", token}});
  };
  const HttpAnswer answer = shake("8b9d-1f");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("validation-token"), "8b9d-1f");
  EXPECT_EQ(shake(std::string(300, 'a')).status, 400);
}

TEST_F(RingCentralInboundTest, ATextArrivesOnce) {
  connected();
  const HttpAnswer first = notify(text("3062991514017"), word_);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(notify(text("3062991514017"), word_).status, 200);
  EXPECT_EQ(texts(), 1);
  const std::string list = call("GET", "/sms/messages?direction=inbound", key_).body;
  EXPECT_EQ(json_field(list, "rcMessageId"), "3062991514017") << list;
  EXPECT_EQ(json_field(list, "from"), kTo);
  EXPECT_EQ(json_field(list, "to"), kFrom);
  EXPECT_EQ(json_field(list, "body"), "Yes, I confirm");
  EXPECT_EQ(json_field(list, "status"), "received");
  EXPECT_EQ(notify(text("3062991514018"), word_).status, 200);
  EXPECT_EQ(texts(), 2);
}

TEST_F(RingCentralInboundTest, WithoutTheRightWordNothingIsTaken) {
  connected();
  for (const char* wrong : {"", "guessed", "validation"}) {
    const HttpAnswer answer = notify(text("1"), wrong);
    EXPECT_EQ(answer.status, 401) << wrong;
    EXPECT_EQ(answer.body, R"({"error":"Unknown subscription or wrong Verification-Token"})");
  }
  EXPECT_EQ(notify(text("1", kFrom, "999"), word_).status, 401);
  EXPECT_EQ(texts(), 0);
  (void)call("POST", "/rc/disconnect", key_);
  EXPECT_EQ(notify(text("1"), word_).status, 401);
}

TEST_F(RingCentralInboundTest, OneTenantsWordBringsNothingToAnother) {
  connected();
  int64_t other = 0;
  const std::string neighbour = make_tenant(other);
  ringcentral_.give_number("629893002", "+254700000002");
  EXPECT_EQ(connect(neighbour, "629893002").status, 200);
  EXPECT_EQ(notify(text("1", "+254700000002"), word_).status, 200);
  EXPECT_EQ(texts(), 0);
  EXPECT_EQ(number_of(pg(), "select count(*) from inbound_unrouted"), 1);
  EXPECT_EQ(json_field(call("GET", "/sms/messages", neighbour).body, "total"), "0");
}

TEST_F(RingCentralInboundTest, BadNotificationsChangeNothing) {
  connected();
  const std::string owner = R"("ownerId":")" + std::string(kUser) + "\"";
  EXPECT_EQ(notify("", word_).status, 400);
  EXPECT_EQ(notify("[]", word_).status, 400);
  // What bears the right word is taken: a refusal would have RingCentral suspend the subscription.
  EXPECT_EQ(notify("{" + owner + R"(,"body":{"direction":"Inbound"}})", word_).status, 200);
  EXPECT_EQ(notify("{" + owner +
                       R"(,"body":{"direction":"Inbound","id":"1","subject":"x",)"
                       R"("from":{"phoneNumber":"?"},"to":[]}})",
                   word_)
                .status,
            200);
  EXPECT_EQ(notify("{" + owner + "}", word_).status, 200);
  EXPECT_EQ(notify("{" + owner + R"(,"body":{"direction":"Outbound","id":"1"}})", word_).status,
            200);
  EXPECT_EQ(call("GET", "/webhooks/ringcentral").status, 405);
  EXPECT_EQ(texts(), 0);
}

}  // namespace ringcentral_inbound_test
}  // namespace dundun
