// Keys of apps: what they send is known to be theirs, and an app that was switched off has none.
#include <gtest/gtest.h>

#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace apps_test {

constexpr const char* kHello = R"({"to":"+254712345678","text":"Gate 4 opens at 9"})";

void give_to_app(Pg& pg, int64_t account, const std::string& app) {
  sql_of_test(pg, "insert into apps (account_id, app_id, name) values (" + std::to_string(account) +
                      ", '" + app + "', 'Till')");
  sql_of_test(pg, "update api_keys set app_id = '" + app +
                      "' where account_id = " + std::to_string(account));
}

TEST(AppsTest, EveryAccountHasATenantIdOfItsOwn) {
  Pg pg({.url = Stack::shared().fresh_database()});
  for (int i = 0; i < 3; ++i) seed_account(pg);
  EXPECT_EQ(number_of(pg,
                      "select count(distinct tenant_id) from accounts"
                      " where tenant_id ~ '^tenant_[0-9a-f]{16}$'"),
            3);
}

TEST(AppsTest, AMessageBearsTheAppOfItsKey) {
  Service service(Stack::shared().fresh_database());
  Pg& pg = service.pg();
  const int64_t account = seed_account(pg);
  const std::string key = seed_key(pg, account);
  HttpClient http = service.client();
  ASSERT_EQ(http.post(key, "/api/messages/send", kHello).status, 200);
  EXPECT_EQ(number_of(pg, "select count(*) from messages where app_id is null"), 1);

  give_to_app(pg, account, "app_0123456789abcdef");
  sql_of_test(pg,
              "insert into inbound_numbers (number, country, account_id) values "
              "('+254700000001', 'KE', " +
                  std::to_string(account) + ")");
  configuration_changed(pg, Stack::shared().redis_url());
  const std::string body = R"({"from":"+254700000001","to":"+254712345678","body":"x"})";
  const HttpAnswer sent = http.post(key, "/v1/sms/send", body);
  ASSERT_LT(sent.status, 300) << sent.body;
  EXPECT_EQ(number_of(pg, "select count(*) from messages where app_id = 'app_0123456789abcdef'"),
            1);

  sql_of_test(pg, "update apps set is_active = false");
  configuration_changed(pg, Stack::shared().redis_url());
  EXPECT_EQ(http.post(key, "/v1/sms/send", body).status, 401);
}

}  // namespace apps_test
}  // namespace dundun
