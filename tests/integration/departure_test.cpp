// What is accepted and paid is asked again when it leaves: the account, the sender name, the route
// and the recipient's wish, for whatever leaves.
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/browser.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace departure_test {

using std::chrono::hours;

std::string later() {
  return R"("schedule_mode":"scheduled","scheduled_at":")" + format_z(now() + hours(1)) + "\"";
}

class DepartureTest : public testing::Test {
 protected:
  DepartureTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  std::string own() const { return " account_id = " + std::to_string(account_) + " "; }
  int64_t count(const std::string& what) const {
    return number_of(pg(), "select count(*) from " + what + " and" + own());
  }
  std::string get(const std::string& target) { return client_.get(key_, "/api" + target).body; }
  std::string accepted(const std::string& target, const std::string& body) {
    const HttpAnswer sent = client_.post(key_, "/api/messages/" + target, body);
    EXPECT_EQ(sent.status, 200) << sent.body;
    return member(sent.body, target == "send" ? "id" : "batch_id");
  }
  std::string single(const std::string& to, const std::string& more) {
    return accepted("send", R"({"to":")" + to + R"(","text":"x",)" + more + "}");
  }
  std::string campaign(const std::string& more) {
    return accepted("send-bulk", R"({"text":"x","recipients":[{"to":"+254712345671"},)"
                                 R"({"to":"+254712345672"},{"to":"+254712345673"}],)" +
                                     more + "}");
  }
  void set_status(int status) {
    sql_of_test(pg(), "update accounts set status = " + std::to_string(status) + " where" + own());
    configuration_changed(pg(), Stack::shared().redis_url());
  }
  // By the platform, as it is done.
  void put_status(const std::string& status) {
    const std::string email = status + std::to_string(account_) + "@dundun.test";
    seed_user(pg(), seed_account(pg()), email, "admin");
    Browser browser(service().client());
    browser.login(email, kTestPassword);
    const HttpAnswer answer = browser.send("PUT", "/api/admin/accounts/" + std::to_string(account_),
                                           R"({"status":")" + status + R"("})");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(member(answer.body, "status"), status);
  }
  void make_due() {
    sql_of_test(pg(), "update dispatch set due_at = now() where" + own());
    sql_of_test(pg(), "update batches set next_due_at = now() where" + own());
  }
  void approve(const std::string& name, int status = 2) {
    sql_of_test(pg(), "insert into sender_ids (account_id, name, countries, status) values (" +
                          std::to_string(account_) + ", '" + name + "', '{KE}', " +
                          std::to_string(status) +
                          ") on conflict (account_id, lower(name)) do update set status = "
                          "excluded.status");
    configuration_changed(pg(), Stack::shared().redis_url());
  }
  static bool waits_for(const std::function<bool()>& condition) { return wait_until(condition); }
  // None of the account's messages was ever taken by a carrier.
  int64_t left() const { return count("messages where submitted_at is not null"); }
  std::string balance() { return get("/balance"); }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(DepartureTest, NothingOfASuspendedAccountLeavesUntilItIsResumed) {
  single("+254712345678", later());
  campaign(later());
  campaign(R"("schedule_mode":"drip","drip_rate":600)");
  const std::string failing = single("+254700000011", R"("route":"ESMS_KE")");
  ASSERT_TRUE(waits_for([&] { return contains(get("/messages/" + failing), "Again in"); }));
  set_status(2);
  make_due();
  Process scheduler = service().scheduler(30);
  ASSERT_TRUE(waits_for([&] { return count("message_events where event = 'held'") == 2; }));
  EXPECT_EQ(left(), 0);
  EXPECT_EQ(count("messages where batch_id is not null"), 0);
  set_status(1);
  EXPECT_TRUE(waits_for([&] { return count("messages where status = 5") == 8; }))
      << get("/messages");
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(DepartureTest, AClosedAccountGetsItsMoneyBack) {
  const std::string one = single("+254712345678", later());
  const std::string waiting = campaign(later());
  const std::string paused = campaign(R"("schedule_mode":"drip","drip_rate":1)");
  ASSERT_EQ(client_.post(key_, "/api/messages/batch/" + paused + "/pause", "").status, 200);
  set_status(2);
  Process scheduler = service().scheduler(30);
  put_status("closed");
  EXPECT_TRUE(waits_for([&] {
    return count("messages where error_code = 'ACCOUNT_CLOSED' and refunded") == 1 &&
           count("batches where status = 6") == 2;
  }));
  EXPECT_EQ(left(), 0);
  EXPECT_EQ(number_of(pg(), "select balance_micros from wallets where environment = 0 and" + own()),
            1'000'000'000);
  EXPECT_EQ(client_.get(key_, "/api/balance").status, 403);
  put_status("active");
  EXPECT_TRUE(contains(get("/messages/" + one), R"({"reason":"account_closed"})"));
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(DepartureTest, ANameThatIsNoLongerApprovedIsNotUsed) {
  approve("Kijani");
  approve("Nyota");
  const std::string one = single("+254712345678", R"("sender_id":"kijani",)" + later());
  const std::string other = single("+254712345679", R"("sender_id":"Nyota",)" + later());
  const std::string plain = single("+254712345670", later());
  const std::string many = campaign(R"("sender_id":"Kijani",)" + later());
  const std::string failing = single("+254700000011", R"("route":"ESMS_KE","sender_id":"Kijani")");
  ASSERT_TRUE(waits_for([&] { return contains(get("/messages/" + failing), "Again in"); }));
  approve("Kijani", 3);
  make_due();
  Process scheduler = service().scheduler(30);
  ASSERT_TRUE(waits_for([&] { return count("messages where status in (5, 6)") == 7; }));
  EXPECT_EQ(left(), 2) << "the other name and the route's own";
  EXPECT_EQ(count("messages where error_code = 'SENDER_NOT_APPROVED' and refunded"), 5);
  EXPECT_TRUE(contains(balance(), "997.60")) << balance();
  const std::string timeline = get("/messages/" + one);
  EXPECT_TRUE(contains(timeline, R"("metadata":{"reason":"sender_not_approved"})")) << timeline;
  EXPECT_TRUE(contains(timeline, "The approval of the sender name 'Kijani'")) << timeline;
  EXPECT_TRUE(contains(get("/messages/" + one + "/explain"), R"("rule":"sender_not_approved")"));
  EXPECT_EQ(member(get("/messages/" + other), "status"), "delivered");
  EXPECT_EQ(member(get("/messages/" + plain), "status"), "delivered");
  EXPECT_TRUE(contains(get("/messages/batch/" + many), R"("failed":3)"));
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

// Another default of the route makes nobody's accepted message a forbidden one.
TEST_F(DepartureTest, TheRoutesOwnNameNeedsNoApproval) {
  const std::string one = single("+254712345678", later());
  const std::string many = campaign(later());
  sql_of_test(pg(), "update routes set sender_default = 'NewName' where code = 'ESMS_KE'");
  make_due();
  Process scheduler = service().scheduler(30);
  EXPECT_TRUE(waits_for([&] { return count("messages where status = 5") == 4; }));
  scheduler.stop();
}

TEST_F(DepartureTest, WhoOptsOutAndWhatRouteIsSwitchedOffIsAskedAgain) {
  single("+254712345671", later());
  single("+254712345678", later());
  campaign(later());
  single("+256712345678", later());
  ASSERT_EQ(client_.post(key_, "/api/opt-outs", R"({"phone":"+254712345671"})").status, 200);
  sql_of_test(pg(), "update routes set is_active = false where country = 'UG'");
  make_due();
  Process scheduler = service().scheduler(30);
  ASSERT_TRUE(waits_for([&] { return count("messages where status in (5, 6)") == 6; }));
  sql_of_test(pg(), "update routes set is_active = true where country = 'UG'");
  EXPECT_EQ(count("messages where error_code = 'OPTED_OUT' and refunded"), 2);
  EXPECT_EQ(count("messages where error_code = 'NO_ROUTE' and refunded"), 1);
  EXPECT_EQ(left(), 3);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

}  // namespace departure_test
}  // namespace dundun
