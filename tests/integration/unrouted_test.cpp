// Texts to a number that nobody had go to whoever gets it; and who said STOP in one of them is left
// alone from then on.
#include <gtest/gtest.h>

#include "common/io/crypto.h"
#include "common/io/json.h"
#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace unrouted_test {

constexpr const char* kSecret = "loopback secret for tests";
constexpr const char* kPhone = "+254712345678";

class UnroutedTest : public testing::Test {
 protected:
  UnroutedTest() : service_(Stack::shared().fresh_database()), admin_(service_.client()) {
    sql_of_test(pg(),
                "insert into carriers (carrier, secret_hashes) values ('loopback', array['\\x" +
                    to_hex(sha256(kSecret)) + "'::bytea])");
    configuration_changed(pg(), Stack::shared().redis_url());
    seed_user(pg(), account_, "admin@example.com", "admin");
    EXPECT_EQ(admin_.login("admin@example.com", kTestPassword).status, 200);
  }
  ~UnroutedTest() override { EXPECT_EQ(service_.reconcile(), 0); }

  Pg& pg() { return service_.pg(); }
  void text_in(const std::string& id, const std::string& text) {
    HttpClient client = service_.client();
    const HttpAnswer answer = client.send(
        "POST", "/carrier/loopback/mo",
        {{"Authorization", std::string("Bearer ") + kSecret}, {"Content-Type", "application/json"}},
        R"({"id":")" + id + R"(","from":")" + kPhone + R"(","to":"20880","text":")" + text + "\"}");
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  void give_number() {
    const HttpAnswer given =
        admin_.send("PUT", "/api/admin/accounts/" + std::to_string(account_) + "/inbound-numbers",
                    R"({"number":"20880","country_code":"KE","auto_reply":"We are closed"})");
    EXPECT_EQ(given.status, 200) << given.body;
  }
  HttpAnswer assign() {
    return admin_.post("/api/admin/inbound/unrouted/assign", R"({"number":"20880"})");
  }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }

  Service service_;
  int64_t account_ = seed_account(service_.pg());
  std::string key_ = seed_key(service_.pg(), account_);
  Browser admin_;
};

TEST_F(UnroutedTest, KeptTextsGoToTheNewOwnerOnce) {
  text_in("1", "Is the bus late?");
  text_in("2", "Hello?");
  EXPECT_EQ(assign().body, R"({"assigned":0,"left":2})") << "nobody has the number yet";
  const HttpAnswer list = admin_.get("/api/admin/inbound/unrouted?number=20880");
  EXPECT_TRUE(contains(list.body, R"("id":"2","from":"+254712345678","to":"20880")")) << list.body;
  EXPECT_FALSE(contains(list.body, "Hello")) << "what people write is their own";
  give_number();
  EXPECT_EQ(assign().body, R"({"assigned":2,"left":0})");
  EXPECT_EQ(assign().body, R"({"assigned":0,"left":0})");
  HttpClient client = service_.client();
  const std::string inbound = client.get(key_, "/api/inbound").body;
  EXPECT_TRUE(contains(inbound, "Is the bus late?") && contains(inbound, R"("total":2)"))
      << inbound;
  EXPECT_EQ(count("messages"), 0) << "no machine answers what is old";
  EXPECT_EQ(count("audit_log where action = 'inbound.assigned'"), 2);
  // The carrier brings one of them again: it is known.
  text_in("1", "Is the bus late?");
  EXPECT_EQ(count("inbound_messages"), 2);
}

TEST_F(UnroutedTest, AWishAmongThemCountsAndARetryIsRefused) {
  HttpClient client = service_.client();
  // A message that failed, to a number that opts out before the retry.
  const HttpAnswer sent =
      client.post(key_, "/api/messages/send", R"({"to":"+254712345678","text":"Gate 4"})");
  const std::string id = sent.body.substr(7, 40);
  Process scheduler = service_.scheduler(20);
  EXPECT_TRUE(wait_until([&] { return count("messages where status = 5") == 1; }));
  scheduler.stop();
  sql_of_test(pg(), "update messages set status = 6, failed_at = now()");
  sql_of_test(pg(), "update message_daily set delivered = 0, failed = 1 where delivered = 1");
  sql_of_test(pg(), "update route_hourly set delivered = 0, failed = 1 where delivered = 1");
  text_in("1", "STOP");
  give_number();
  EXPECT_EQ(assign().body, R"({"assigned":1,"left":0})");
  const HttpAnswer retry = client.post(key_, "/api/messages/" + id + "/retry", "");
  EXPECT_EQ(retry.status, 403) << retry.body;
  EXPECT_TRUE(contains(retry.body, R"("code":"recipient_opted_out")")) << retry.body;
  EXPECT_EQ(count("messages"), 1);
  EXPECT_EQ(count("ledger_entries where type = 2"), 1);
}

TEST_F(UnroutedTest, WrongInputIsNamed) {
  for (const char* body : {"{}", R"({"number":""})", R"({"number":"+"})",
                           R"({"number":"20880","limit":0})", R"({"number":20880})"}) {
    EXPECT_EQ(admin_.post("/api/admin/inbound/unrouted/assign", body).status, 422) << body;
  }
}

}  // namespace unrouted_test
}  // namespace dundun
