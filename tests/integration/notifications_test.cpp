// What users are told: made by the journal, once, listed, counted and read by their account only.
#include <gtest/gtest.h>

#include <thread>

#include "common/journal/journal.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"
#include "tests/support/ws_client.h"

namespace dundun {
namespace notifications_test {

using Outcome = CommitResult::Outcome;

class NotificationsTest : public testing::Test {
 protected:
  NotificationsTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  static Journal::Options journal_options() {
    Journal::Options options;
    options.database_url = service().database();
    options.redis_url = Stack::shared().redis_url();
    return options;
  }

  Notify notice(const std::string& type, const std::string& key = "") const {
    Notify notify{};
    notify.account_id = account_;
    notify.type = type;
    notify.title = "Sender ID approved";
    notify.body = "Kijani is approved for \"Uganda\".";
    notify.link = "/sender-ids";
    notify.dedupe_key = key;
    return notify;
  }
  static std::vector<Outcome> commit(std::vector<Change> changes) {
    Journal journal(journal_options());
    std::vector<Outcome> outcomes;
    for (const auto& result : journal.commit_all(std::move(changes))) {
      outcomes.push_back(result ? result->outcome : Outcome::kNotFound);
    }
    return outcomes;
  }
  HttpAnswer get(const std::string& target) { return client_.get(key_, target); }
  HttpAnswer post(const std::string& target) { return client_.post(key_, target, ""); }
  std::string newest_id() {
    return std::to_string(
        number_of(pg(), "select max(notification_id) from notifications where account_id = " +
                            std::to_string(account_)));
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(NotificationsTest, OneIsShownCountedAndRead) {
  EXPECT_EQ(get("/api/notifications").body,
            R"({"notifications":[],"total":0,"unread_count":0,"page":0,"limit":20})");
  EXPECT_EQ(commit({notice("sender_approved")}), std::vector{Outcome::kCommitted});
  const std::string list = get("/v1/notifications").body;
  EXPECT_TRUE(contains(list, R"({"notifications":[{"id":)" + newest_id() +
                                 R"(,"notification_type":"sender_approved",)"
                                 R"("title":"Sender ID approved","body":"Kijani is approved for )"
                                 R"(\"Uganda\".","link":"/sender-ids","read":false,)"))
      << list;
  EXPECT_TRUE(contains(list, R"("read_at":null}],"total":1,"unread_count":1,)")) << list;
  EXPECT_EQ(get("/api/notifications/unread-count").body, R"({"unread_count":1})");

  const HttpAnswer read = post("/api/notifications/" + newest_id() + "/read");
  EXPECT_EQ(read.status, 200);
  EXPECT_TRUE(contains(read.body, R"("read":true)")) << read.body;
  EXPECT_EQ(post("/api/notifications/" + newest_id() + "/read").body, read.body);
  EXPECT_EQ(get("/api/notifications/unread-count").body, R"({"unread_count":0})");
  EXPECT_TRUE(contains(get("/api/notifications?unread=true").body, R"("total":0,)"));
}

TEST_F(NotificationsTest, PagesAndReadAllGoNewestFirst) {
  std::vector<Change> changes;
  for (int i = 0; i < 5; ++i) changes.emplace_back(notice("n" + std::to_string(i)));
  commit(std::move(changes));
  const std::string first = get("/api/notifications?limit=2").body;
  EXPECT_LT(first.find(R"("n4")"), first.find(R"("n3")")) << first;
  EXPECT_TRUE(contains(get("/api/notifications?limit=2&page=2").body, R"("n0")"));
  const std::string after =
      get("/api/notifications?limit=2&after=" + std::to_string(std::stoll(newest_id()) - 1)).body;
  EXPECT_TRUE(contains(after, R"("n2")") && !contains(after, R"("n3")")) << after;
  EXPECT_EQ(post("/api/notifications/read-all").body, R"({"read":5,"unread_count":0})");
  EXPECT_EQ(post("/api/notifications/read-all").body, R"({"read":0,"unread_count":0})");
}

TEST_F(NotificationsTest, OthersCannotSeeOrReadThem) {
  commit({notice("sender_approved")});
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_TRUE(contains(client_.get(stranger, "/api/notifications").body, R"("total":0)"));
  EXPECT_EQ(client_.post(stranger, "/api/notifications/" + newest_id() + "/read", "").status, 404);
  client_.post(stranger, "/api/notifications/read-all", "");
  const std::string test = seed_key(pg(), account_, KeyKind::kTest);
  client_.post(test, "/api/notifications/read-all", "");
  EXPECT_EQ(client_.post(test, "/api/notifications/" + newest_id() + "/read", "").status, 404);
  EXPECT_EQ(get("/api/notifications/unread-count").body, R"({"unread_count":1})");
  EXPECT_EQ(client_.send("GET", "/api/notifications").status, 401);
}

TEST_F(NotificationsTest, WrongInputIsNamed) {
  for (const char* query : {"page=-1", "limit=0", "limit=101", "after=x", "unread=maybe"}) {
    const HttpAnswer answer = get("/api/notifications?" + std::string(query));
    const std::string name = std::string(query).substr(0, std::string(query).find('='));
    EXPECT_EQ(answer.status, 422) << query;
    EXPECT_TRUE(contains(answer.body, R"("loc":["query",")" + name)) << answer.body;
  }
  for (const char* id : {"x", "1x", "99999999999999999999", "-1", "0"}) {
    EXPECT_EQ(post("/api/notifications/" + std::string(id) + "/read").status, 404) << id;
  }
}

TEST_F(NotificationsTest, AKeyMakesOneWhoeverAsks) {
  EXPECT_EQ(commit({notice("webhook_disabled", "w1"), notice("webhook_disabled", "w1")}),
            (std::vector{Outcome::kCommitted, Outcome::kDuplicate}));
  EXPECT_EQ(commit({notice("webhook_disabled", "w1")}), std::vector{Outcome::kDuplicate});
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto outcomes = commit({notice("webhook_disabled", "w2"), notice("other")});
      made += outcomes[0] == Outcome::kCommitted ? 1 : 0;
      EXPECT_EQ(outcomes[1], Outcome::kCommitted) << "its neighbour must not suffer";
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_TRUE(contains(get("/api/notifications").body, R"("total":10)"));
}

TEST_F(NotificationsTest, TheLiveEventBearsTheNumberOfTheRow) {
  service().start_bridge();
  WsClient watch({.address = "unix:" + service().http_address()});
  watch.send_text(R"({"type":"auth","apiKey":")" + key_ + R"(","events":["notification"]})");
  ASSERT_TRUE(watch.next_text_with(R"("auth_ok")"));
  commit({notice("sender_approved")});
  const auto frame = watch.next_text_with(R"("type":"notification")");
  ASSERT_TRUE(frame);
  EXPECT_TRUE(contains(*frame, R"("event_id":"evt_)")) << *frame;
  EXPECT_TRUE(contains(*frame, R"(,"id":)" + newest_id() +
                                   R"(,"notification_type":"sender_approved",)"
                                   R"("title":"Sender ID approved","body":"Kijani is approved for )"
                                   R"(\"Uganda\".","link":"/sender-ids"})"))
      << *frame;
}

TEST_F(NotificationsTest, ALowBalanceAndAFinishedCampaignAreToldOnce) {
  sql_of_test(pg(), "update accounts set low_balance_micros = 999000000 where account_id = " +
                        std::to_string(account_));
  const std::string campaign =
      R"({"recipients":[{"to":"+254712345678"},{"to":"+254712345679"}],"text":"Hello"})";
  const HttpAnswer sent = client_.post(key_, "/api/messages/send-bulk", campaign);
  ASSERT_EQ(sent.status, 200) << sent.body;
  EXPECT_TRUE(contains(get("/api/notifications").body,
                       R"("notification_type":"low_balance","title":"Low balance","body":)"
                       R"("Your balance is down to KES 997.60. Top up to keep sending.",)"
                       R"("link":"/balance","read":false)"))
      << get("/api/notifications").body;
  Process scheduler = service().scheduler(30);
  ASSERT_TRUE(wait_until([&] {
    return contains(get("/api/notifications?unread=true").body,
                    R"("notification_type":"campaign_finished")");
  }));
  EXPECT_TRUE(contains(get("/api/notifications").body, R"("total":2)"));
}

TEST_F(NotificationsTest, OldOnesAreForgotten) {
  commit({notice("old"), notice("new")});
  sql_of_test(pg(),
              "update notifications set created_at = now() - interval '91 days'"
              " where type = 'old' and account_id = " +
                  std::to_string(account_));
  Process scheduler = service().scheduler(1);
  ASSERT_TRUE(wait_until([&] { return contains(get("/api/notifications").body, R"("total":1)"); }));
  EXPECT_TRUE(contains(get("/api/notifications").body, R"("new")"));
}

}  // namespace notifications_test
}  // namespace dundun
