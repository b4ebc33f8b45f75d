// Who runs the platform calls an account's webhooks again, when its server was away.
#include <gtest/gtest.h>

#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace admin_webhooks_test {

std::string part(const std::string& body, const std::string& name) {
  const size_t at = body.find("\"" + name + "\":\"") + name.size() + 4;
  return body.substr(at, body.find('"', at) - at);
}

class AdminWebhooksTest : public testing::Test {
 protected:
  AdminWebhooksTest() : service_(Stack::shared().fresh_database()), admin_(service_.client()) {
    seed_user(pg(), account_, "admin@example.com", "admin");
    EXPECT_EQ(admin_.login("admin@example.com", kTestPassword).status, 200);
    HttpClient client = service_.client();
    const HttpAnswer set =
        client.send("PUT", "/api/webhooks",
                    {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                    R"({"dlr_url":"https://example.com/dlr","mo_url":"https://example.com/mo"})");
    EXPECT_EQ(set.status, 200) << set.body;
    for (const char* type : {"dlr", "dlr", "mo"}) {
      dead_.push_back(part(
          client.post(key_, "/api/webhooks/test", R"({"type":")" + std::string(type) + "\"}").body,
          "id"));
    }
    sql_of_test(pg(), "delete from webhook_queue");
    sql_of_test(pg(), "update webhook_deliveries set state = 3");
    sql_of_test(pg(),
                "insert into webhook_dead select account_id, delivery_id from "
                "webhook_deliveries");
  }
  ~AdminWebhooksTest() override { EXPECT_EQ(service_.reconcile(), 0); }

  Pg& pg() { return service_.pg(); }
  std::string path(const std::string& rest, int64_t account = 0) const {
    return "/api/admin/accounts/" + std::to_string(account == 0 ? account_ : account) +
           "/webhooks" + rest;
  }
  HttpAnswer replay(const std::string& body) { return admin_.post(path("/replay"), body); }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }

  Service service_;
  int64_t account_ = seed_account(service_.pg());
  std::string key_ = seed_key(service_.pg(), account_);
  Browser admin_;
  std::vector<std::string> dead_;
};

TEST_F(AdminWebhooksTest, ByDeliveryByEndpointAndByTime) {
  const HttpAnswer list = admin_.get(path(""));
  EXPECT_TRUE(contains(list.body, R"("type":"dlr","app_id":null,"url":"https://example.com/dlr",)"
                                  R"("is_active":true,"disabled_at":null,"disabled_reason":null,)"
                                  R"("pending":0,"dead":2})"))
      << list.body;
  EXPECT_EQ(replay(R"({"delivery_id":")" + dead_[0] + "\"}").body,
            R"({"replayed":1,"more":false})");
  EXPECT_EQ(count("webhook_queue"), 1);
  const std::string inbound(
      sql_of_test(pg(), "select endpoint_id::text from webhook_endpoints where kind = 2")
          .text(0, 0));
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","endpoint_id":")" + inbound + "\"}").body,
            R"({"replayed":1,"more":false})");
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z"})").body,
            R"({"replayed":1,"more":false})");
  EXPECT_EQ(count("webhook_queue") - count("webhook_dead"), 3);
  EXPECT_EQ(count("audit_log where action = 'webhooks.replayed' and account_id = " +
                  std::to_string(account_)),
            3);
}

TEST_F(AdminWebhooksTest, OfThatAccountOnlyAndNothingWhereTheUrlIsOff) {
  const int64_t other = seed_account(pg());
  EXPECT_EQ(admin_.post(path("/replay", other), R"({"delivery_id":")" + dead_[0] + "\"}").status,
            404);
  EXPECT_EQ(admin_.post(path("/replay", other), R"({"date_from":"2026-01-01T00:00:00Z"})").body,
            R"({"replayed":0,"more":false})");
  EXPECT_EQ(replay("{}").status, 422);
  EXPECT_EQ(replay(R"({"delivery_id":"evt_1"})").status, 404);
  EXPECT_EQ(replay(R"({"date_from":"2026-01-01T00:00:00Z","endpoint_id":"x"})").status, 422);
  sql_of_test(pg(), "update webhook_endpoints set is_active = false");
  EXPECT_EQ(replay(R"({"delivery_id":")" + dead_[0] + "\"}").status, 409);
  EXPECT_EQ(count("webhook_queue"), 0);
  EXPECT_EQ(count("audit_log where action = 'webhooks.replayed' and account_id = " +
                  std::to_string(account_)),
            0);
}

}  // namespace admin_webhooks_test
}  // namespace dundun
