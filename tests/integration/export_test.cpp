// CSV downloads through nginx: bodies, filters, limits, and what a broken one looks like.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace export_test {

constexpr const char* kHeader =
    "message_id,phone,sender_id,text,status,country,currency,cost,segments,created_at,"
    "delivered_at\r\n";
constexpr const char* kLedgerHeader =
    "id,type,amount,balance_after,currency,description,batch_id,message_id,fx_rate,created_at\r\n";

class ExportTest : public testing::Test {
 protected:
  ExportTest() : account_(seed_account(service().pg())), key_(seed_key(service().pg(), account_)) {}

  static Service& service() {
    static SuiteService shared({.messages_workers = 1, .environment = {{"EXPORTS_MAX", "2"}}});
    return shared.get();
  }

  HttpAnswer download(const std::string& query = "") {
    HttpAnswer answer = service().client().get(key_, "/api/messages/export" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(answer.complete);
    return answer;
  }
  static int64_t lines(const HttpAnswer& answer) {
    return std::count(answer.body.begin(), answer.body.end(), '\n');
  }

  // One message, an hour old and older with `place`.
  std::string seed(int place, const std::string& body, const std::string& more = "", int status = 5,
                   int environment = 0) {
    const Instant at = std::chrono::floor<std::chrono::seconds>(now()) - std::chrono::hours(place);
    const std::string id = to_string(uuid7_floor(at));
    sql_of_test(service().pg(),
                "insert into messages (account_id, environment, message_id, status, segments,"
                " encoding, cost_micros, route_cost_micros, cost_currency, route_currency, route,"
                " country, phone, sender, body, delivered_at, failed_at) values (" +
                    std::to_string(account_) + ", " + std::to_string(environment) + ", '" + id +
                    "', " + std::to_string(status) +
                    ", 2, 1, 1213000, 35500000, 'KES', 'UGX', 'ESMS_UG', 'UG', '+256700000111',"
                    " 'Kijani', '" +
                    body + "', " + (more.empty() ? "null" : more) +
                    (status == 6 ? ", now())" : ", null)"));
    return "msg-" + id + ",+256700000111,Kijani,";
  }
  static std::string rest(int place, const char* status = "delivered") {
    const Instant at = now() - std::chrono::hours(place);
    return std::string(",") + status + ",UG,UGX,35.50,2," + format_z(at).substr(0, 14);
  }

  // Rows by the million: enough that no buffer on the way holds them.
  void seed_many(int count) {
    sql_of_test(service().pg(),
                "insert into messages (account_id, environment, message_id, status, segments,"
                " encoding, cost_micros, route_cost_micros, cost_currency, route_currency, route,"
                " country, phone, sender, body) select " +
                    std::to_string(account_) +
                    ", 0, (substr(uuid7_floor(now() - interval '1 day')::text, 1, 19) || '8000-' ||"
                    " lpad(to_hex(i), 12, '0'))::uuid, 5, 1, 1, 1, 1, 'KES', 'UGX', 'ESMS_UG',"
                    " 'UG', '+256700000111', 'Kijani', repeat('x', 900)"
                    " from generate_series(1, " +
                    std::to_string(count) + ") as i");
  }

  // Starts a download and reads nothing of it: when this returns the worker has filled the buffers
  // on the way and waits between two pages.
  void start_and_stop_reading(HttpClient& client, int running) {
    ASSERT_TRUE(client.start_get(key_, "/api/messages/export"));
    ASSERT_TRUE(wait_until(
        [&] { return number_of(service().pg(), "select count(*)" + between_pages()) == running; }));
  }
  // The connections of this test's downloads.
  std::string between_pages() const {
    return " from pg_stat_activity where datname = current_database() and state = 'idle'"
           " and query like '%order by message_id desc%' and backend_start > '" +
           began_ + "'";
  }

  int64_t account_;
  std::string key_;
  const std::string began_{
      sql_of_test(service().pg(), "select clock_timestamp()::text").text(0, 0)};
};

TEST_F(ExportTest, EveryColumnIsThereAndNothingIsAFormula) {
  const std::string one = seed(2, "=1+1", "timestamptz '2026-05-02 06:00:04+00'");
  const std::string two = seed(3, "a \"b\", c\nd");
  const HttpAnswer answer = download();
  EXPECT_EQ(answer.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(answer.headers.at("content-disposition"),
            "attachment; filename=\"messages-" + format_z(now()).substr(0, 10) + ".csv\"");
  EXPECT_EQ(answer.body.find(kHeader + one + "'=1+1" + rest(2)), 0u) << answer.body;
  EXPECT_NE(answer.body.find(",2026-05-02T06:00:04Z\r\nmsg-"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("\r\n" + two + "\"a \"\"b\"\", c\nd\"" + rest(3)), std::string::npos)
      << answer.body;
  EXPECT_TRUE(answer.body.ends_with("Z,\r\n")) << answer.body;
}

TEST_F(ExportTest, FiltersAreThoseOfTheList) {
  const std::string newest = seed(2, "a").substr(0, 40);
  seed(3, "b", "", 6);
  seed(4, "c", "", 5, 1);
  const std::string day = format_z(now() - std::chrono::days(5)).substr(0, 10);
  const std::pair<const char*, int> cases[] = {
      {"", 2},
      {"?status=failed", 1},
      {"?environment=all", 3},
      {"?status=sending", 0},
      {"?to=%2B256700000111", 2},
      {"?to=%2B256700000112", 0},
      {"?batch_id=batch-01960000-0000-7000-8000-00000000abcd", 0}};
  for (const auto& [query, count] : cases) EXPECT_EQ(lines(download(query)), count + 1) << query;
  EXPECT_EQ(download("?date_to=" + day).body, kHeader);
  EXPECT_EQ(lines(download("?date_from=" + day)), 3);
  EXPECT_EQ(lines(download("?after=" + newest)), 2);
  HttpClient client = service().client();
  const auto bad = [&](const char* query, const char* field, const char* message) {
    const HttpAnswer answer = client.get(key_, std::string("/api/messages/export") + query);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.body.find(std::string(R"({"detail":[{"loc":["query",")") + field +
                               R"("],"msg":")" + message + R"(","type":"value_error"}],"error":)"),
              0u)
        << answer.body;
  };
  bad("?status=done", "status",
      "unknown status: choose scheduled, queued, submitted, sent, delivered, failed, retrying, "
      "cancelled, expired, undelivered, rejected or unknown");
  bad("?environment=LIVE", "environment", "must be live, test or all");
  bad("?date_from=today", "date_from", "not an ISO 8601 date or time");
  bad("?to=me", "to", "not a phone number");
  bad("?batch_id=1", "batch_id", "not a batch id");
  const std::string other = seed_key(service().pg(), seed_account(service().pg()));
  EXPECT_EQ(client.get(other, "/api/messages/export").body, kHeader);
  EXPECT_EQ(
      client.send("HEAD", "/api/messages/export", {{"Authorization", "Bearer " + key_}}).status,
      200);
}

TEST_F(ExportTest, PagesJoinWithoutGapOrRepeat) {
  seed_many(25'000);
  const HttpAnswer answer = download();
  EXPECT_EQ(lines(answer), 25'001);
  std::vector<std::string> ids;
  for (size_t at = 0; (at = answer.body.find("\nmsg-", at)) != std::string::npos; ++at) {
    ids.push_back(answer.body.substr(at + 1, 40));
  }
  EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(ids.size(), 25'000u);
}

TEST_F(ExportTest, OnlySoManyRunAndAReaderWhoLeavesFreesThePlace) {
  seed_many(60'000);
  const std::string key = key_;
  HttpClient first = service().client(), second = service().client(), third = service().client();
  start_and_stop_reading(first, 1);
  HttpAnswer own = third.get(key_, "/api/messages/export?status=sending");
  EXPECT_EQ(own.status, 429);
  EXPECT_EQ(own.headers["retry-after"], "10");
  EXPECT_NE(own.body.find("Another download of yours is running."), std::string::npos) << own.body;

  account_ = seed_account(service().pg());
  key_ = seed_key(service().pg(), account_);
  seed_many(60'000);
  start_and_stop_reading(second, 2);
  key_ = seed_key(service().pg(), seed_account(service().pg()));
  HttpAnswer refused = third.get(key_, "/api/messages/export?status=sending");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers["retry-after"], "10");
  EXPECT_EQ(refused.body.find(R"({"detail":{"code":"service_unavailable","message":"Too many )"
                              R"(downloads are running, please retry."},"error":)"),
            0u)
      << refused.body;
  EXPECT_EQ(third.get(key_, "/api/messages").status, 200) << "nobody else waits for them";
  first.disconnect();
  EXPECT_TRUE(wait_until(
      [&] { return third.get(key_, "/api/messages/export?status=sending").status == 200; }));
  second.disconnect();
}

TEST_F(ExportTest, WhoHasReadTheEndMayStartTheNext) {
  seed(1, "one");
  HttpClient reader = service().client();
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(reader.get(key_, "/api/messages/export").status, 200) << "after " << i;
  }
}

TEST_F(ExportTest, ALostLinkBetweenTwoPagesIsSurvived) {
  seed_many(60'000);
  HttpClient client = service().client();
  start_and_stop_reading(client, 1);
  const std::string kill = "select count(pg_terminate_backend(pid))" + between_pages();
  ASSERT_TRUE(wait_until([&] { return number_of(service().pg(), kill) == 1; }));
  const HttpAnswer answer = client.raw("");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(lines(answer), 60'001);
}

TEST_F(ExportTest, AFailureInTheMiddleDoesNotLookLikeTheEnd) {
  seed_many(60'000);
  HttpClient client = service().client();
  start_and_stop_reading(client, 1);
  sql_of_test(service().pg(), "alter table messages rename to messages_gone");
  const HttpAnswer answer = client.raw("");
  HttpClient other = service().client();
  const HttpAnswer refused = other.get(key_, "/api/messages/export");
  sql_of_test(service().pg(), "alter table messages_gone rename to messages");
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_LT(lines(answer), 60'001);
  EXPECT_EQ(refused.status, 500) << "before the first byte a failure is an answer like any other";
  EXPECT_EQ(lines(download()), 60'001);
}

TEST_F(ExportTest, AWorkerThatEndsFinishesItsDownload) {
  seed_many(20'000);
  Service own(service().database(), {.messages_workers = 2, .environment = {}});
  HttpClient client = own.client();
  start_and_stop_reading(client, 1);
  own.worker(0).signal(SIGTERM);
  own.worker(1).signal(SIGTERM);
  usleep(300'000);
  const HttpAnswer answer = client.raw("");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(lines(answer), 20'001);
  EXPECT_EQ(own.worker(0).wait(), 0);
  EXPECT_EQ(own.worker(1).wait(), 0);
}

TEST_F(ExportTest, AWorkerThatEndsCutsAReaderWhoDoesNotRead) {
  seed_many(60'000);
  Service own(service().database(), {.messages_workers = 1, .environment = {}});
  HttpClient client = own.client();
  start_and_stop_reading(client, 1);
  own.worker(0).signal(SIGTERM);
  const Instant began = now();
  EXPECT_EQ(own.worker(0).wait(), 0);
  EXPECT_LT(now() - began, std::chrono::seconds(19));
  EXPECT_FALSE(client.raw("").complete);
}

TEST_F(ExportTest, TheStatementIsTheLedger) {
  const std::string account = std::to_string(account_);
  sql_of_test(service().pg(),
              "insert into ledger_entries (account_id, environment, seq, type, amount_micros,"
              " balance_after_micros, description, message_id, batch_id, fx_rate, created_at)"
              " values (" +
                  account +
                  ", 0, 2, 2, -1213000, 998787000, 'SMS to +256700000111 via ESMS_UG (1 seg)',"
                  " '01960000-0000-7000-8000-00000000abcd', '01960000-0000-7000-8000-00000000000b',"
                  " 'UGX 3726.00, KES 129.13 per USD', now() - interval '1 second'), (" +
                  account +
                  ", 0, 3, 3, 5000000, 1003787000, '@gift, \"x\"', null, null, null,"
                  " now())");
  HttpClient client = service().client();
  HttpAnswer answer = client.get(key_, "/api/balance/statement");
  EXPECT_EQ(answer.headers["content-disposition"],
            "attachment; filename=\"statement-" + format_z(now()).substr(0, 10) + ".csv\"");
  EXPECT_EQ(answer.body.find(std::string(kLedgerHeader) +
                             "3,manual_credit,5.00,1003.787,KES,\"'@gift, \"\"x\"\"\",,,,"),
            0u)
      << answer.body;
  EXPECT_NE(answer.body.find("\r\n2,sms_charge,-1.213,998.787,KES,SMS to +256700000111 via ESMS_UG "
                             "(1 seg),batch-01960000-0000-7000-8000-00000000000b,"
                             "msg-01960000-0000-7000-8000-00000000abcd,"
                             "\"UGX 3726.00, KES 129.13 per USD\",20"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find("\r\n1,credit,1000.00,1000.00,KES,Opening balance,,,,20"),
            std::string::npos);
  const std::string day = format_z(now() - std::chrono::days(1)).substr(0, 10);
  EXPECT_EQ(client.get(key_, "/api/balance/statement?date_to=" + day).body, kLedgerHeader);
  EXPECT_EQ(lines(client.get(key_, "/api/balance/statement?date_from=" + day)), 4);
  EXPECT_EQ(client.get(key_, "/api/balance/statement?date_to=x").status, 422);
  EXPECT_EQ(client.get(key_, "/api/balance").body,
            R"({"balance":1000.00,"currency":"KES","sms_estimate":833})");
}

}  // namespace export_test
}  // namespace dundun
