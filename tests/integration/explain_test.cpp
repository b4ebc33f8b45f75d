// Why a message went where it went, also when the configuration has moved on since; and how routes
// deliver.
#include <gtest/gtest.h>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace explain_test {

class ExplainTest : public testing::Test {
 protected:
  Pg& pg() { return service_.pg(); }
  void configure(const std::string& sql) {
    sql_of_test(pg(), sql);
    configuration_changed(pg(), Stack::shared().redis_url());
  }
  std::string send(const std::string& to, const std::string& more = "") {
    const HttpAnswer sent = client_.post(key_, "/api/messages/send",
                                         R"({"to":")" + to + R"(","text":"Hi")" + more + "}");
    EXPECT_EQ(sent.status, 200) << sent.body;
    const auto document = JsonDocument::parse(sent.body);
    return std::string(document->root().find("id")->string());
  }
  std::string explain(const std::string& id) {
    const HttpAnswer answer = client_.get(key_, "/api/messages/" + id + "/explain");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  std::string health(const std::string& code) {
    const std::string body = client_.get(key_, "/api/routes/health").body;
    const auto document = JsonDocument::parse(body);
    for (const JsonValue& item : document->root().items()) {
      if (item.find("code")->string() != code) continue;
      return std::string(item.find("status")->string()) + " " +
             std::to_string(item.find("delivered")->integer()) + "/" +
             std::to_string(item.find("total")->integer());
    }
    return "absent";
  }

  Service service_{Stack::shared().fresh_database()};
  HttpClient client_ = service_.client();
  int64_t account_ = seed_account(pg());
  std::string key_ = seed_key(pg(), account_);
};

TEST_F(ExplainTest, NumberRouteSenderPriceAndRates) {
  sql_of_test(pg(), "insert into sender_ids (account_id, name, countries, status) values (" +
                        std::to_string(account_) + ", 'Kijani', '{UG}', 2)");
  const std::string own = explain(send("+256700000111", R"(,"sender_id":"Kijani")"));
  EXPECT_TRUE(contains(own, R"("number":{"e164":"+256700000111","country":"UG",)"
                            R"("country_name":"Uganda","type":"mobile",)"))
      << own;
  EXPECT_TRUE(contains(own, R"("route":{"code":"ESMS_UG","named":false,"candidates":[)"
                            R"({"code":"ESMS_UG","is_active":true,"chosen":true,)"
                            R"("reason":"the first active route of UG"}]})"))
      << own;
  EXPECT_TRUE(contains(own, R"("sender":{"sender_id":"Kijani","named":true,"rule":"approved",)"
                            R"("reason":"approved for UG"})"))
      << own;
  EXPECT_TRUE(contains(own, R"("price_per_segment":35.00,"currency":"UGX","segments":1,)"
                            R"("route_cost":35.00})"))
      << own;
  EXPECT_FALSE(contains(own, R"("version":null)")) << own;
  EXPECT_TRUE(contains(own, R"("fx":{"route":{"currency":"UGX","version":)")) << own;
  EXPECT_TRUE(contains(own, R"("per_usd":3726.00)")) << own;
  EXPECT_TRUE(contains(own, R"("charge":{"cost":1.213,"currency":"KES","paid_with":"message",)"
                            R"("refunded":false},"batch_id":null,"retry_of":null)"))
      << own;
  const std::string plain = explain(send("+254712345678"));
  EXPECT_TRUE(contains(plain, R"("named":false,"rule":"route_default",)")) << plain;
  EXPECT_TRUE(contains(plain, R"("fx":null)")) << plain;
}

TEST_F(ExplainTest, TheConfigurationOfThenCountsNotTodays) {
  configure(
      "insert into routes (code, name, country, currency, sender_default, is_active) values "
      "('AA_KE', 'Off', 'KE', 'KES', 'Other', false), ('ZZ_KE', 'Second', 'KE', 'KES', 'Other', "
      "true)");
  configure(
      "insert into route_prices (route_id, price_micros) select route_id, 2000000 from "
      "routes where code in ('AA_KE', 'ZZ_KE')");
  const std::string first = send("+254712345678");
  configure("update routes set is_active = true, sender_default = 'Now' where code = 'AA_KE'");
  configure(
      "insert into route_prices (route_id, price_micros) select route_id, 9000000 from routes "
      "where code = 'ESMS_KE'");
  configure(
      "insert into fx_rates (currency, per_usd_micros) values ('KES', "
      "140000000)");
  const std::string second = send("+254712345678");
  const std::string third = send("+254712345678", R"(,"route":"ZZ_KE")");

  const std::string then = explain(first);
  EXPECT_TRUE(contains(then, R"({"code":"AA_KE","is_active":false,"chosen":false,)"
                             R"("reason":"was not active"},{"code":"ESMS_KE","is_active":true,)"
                             R"("chosen":true,"reason":"the first active route of KE"},)"
                             R"({"code":"ZZ_KE","is_active":true,"chosen":false,)"
                             R"("reason":"comes after ESMS_KE"}])"))
      << then;
  EXPECT_TRUE(contains(then, R"("price_per_segment":1.20)")) << then;
  EXPECT_TRUE(contains(
      then, "\"version\":" +
                std::to_string(number_of(pg(),
                                         "select min(price_id) from route_prices p join routes r "
                                         "using (route_id) where r.code = 'ESMS_KE'"))))
      << then;
  EXPECT_TRUE(contains(then, R"("rule":"route_default")")) << then;
  const std::string later = explain(second);
  EXPECT_TRUE(contains(later, R"("route":{"code":"AA_KE","named":false)")) << later;
  EXPECT_TRUE(contains(later, R"("code":"ESMS_KE","is_active":true,"chosen":false,)"
                              R"("reason":"comes after AA_KE")"))
      << later;
  const std::string named = explain(third);
  EXPECT_TRUE(contains(named, R"("code":"ZZ_KE","is_active":true,"chosen":true,)"
                              R"("reason":"named by the request")"))
      << named;
  EXPECT_TRUE(contains(named, R"("reason":"another one was named")")) << named;
}

TEST_F(ExplainTest, ACampaignsMessageIsExplainedByItsCampaign) {
  const HttpAnswer made = client_.post(key_, "/api/messages/send-bulk",
                                       R"({"recipients":[{"to":"+256700000111"}],"text":"Hi"})");
  ASSERT_EQ(made.status, 200) << made.body;
  Process scheduler = service_.scheduler(20);
  ASSERT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from messages") == 1; }));
  scheduler.stop();
  const PgRows rows = sql_of_test(pg(), "select message_id from messages");
  const std::string why = explain(message_id_text(rows.uuid(0, 0)));
  EXPECT_TRUE(contains(why, R"("config_version":null)")) << why;
  EXPECT_TRUE(contains(why, R"("chosen":true)")) << why;
  EXPECT_TRUE(contains(why, R"("per_usd":3726.00)")) << why;
  EXPECT_TRUE(contains(why, R"("paid_with":"campaign")")) << why;
}

TEST_F(ExplainTest, OthersMessagesAreNotFound) {
  const std::string id = send("+254712345678");
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  for (const std::string& path : {id, std::string("msg-nothing"), std::string("1")}) {
    const HttpAnswer answer = client_.get(stranger, "/api/messages/" + path + "/explain");
    EXPECT_EQ(answer.status, 404);
    EXPECT_TRUE(contains(answer.body, R"({"detail":"Message not found")")) << answer.body;
  }
}

// Delivered, failed, and failed that became delivered after all; test keys do not count.
TEST_F(ExplainTest, RoutesAreAsHealthyAsTheirReceipts) {
  EXPECT_EQ(health("ESMS_KE"), "unknown 0/0");
  const std::string test_key = seed_key(pg(), account_, KeyKind::kTest);
  client_.post(test_key, "/api/messages/send", R"({"to":"+254712340001","text":"x"})");
  for (int i = 0; i < 4; ++i) send("+254712345678");
  send("+254712340007");  // failed, then delivered
  send("+254712340004");  // refused at once
  send("+256700000111");
  send("+256700000001");
  Process scheduler = service_.scheduler(30);
  EXPECT_TRUE(wait_until([&] { return health("ESMS_KE") == "ok 5/6"; })) << health("ESMS_KE");
  EXPECT_TRUE(wait_until([&] { return health("ESMS_UG") == "warn 1/2"; })) << health("ESMS_UG");
  scheduler.stop();
  sql_of_test(pg(), "update route_hourly set hour = hour - interval '25 hours'");
  EXPECT_EQ(health("ESMS_KE"), "unknown 0/0");
  sql_of_test(pg(), "update route_hourly set hour = hour + interval '25 hours'");
  EXPECT_EQ(service_.reconcile(), 0);
  sql_of_test(pg(), "update route_hourly set delivered = delivered + 1 where route = 'ESMS_KE'");
  EXPECT_EQ(run_command({Stack::shared().binary("reconcile")},
                        {{"DATABASE_URL", service_.database()}}, "/dev/null"),
            1);
}

}  // namespace explain_test
}  // namespace dundun
