// Lists, totals and statistics over history that a test writes straight into the database.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/io/json.h"
#include "common/sms/environment.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"

namespace dundun {
namespace read_endpoints_test {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr int kDelivered = 5;
constexpr int kFailed = 6;

class ReadTest : public testing::Test {
 protected:
  ReadTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}

  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }

  std::string get(const std::string& target) {
    const HttpAnswer answer = client_.get(key_, "/api" + target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body;
    return answer.body;
  }

  // `count` messages, a millisecond apart, and their place in the rollup, in two parts.
  void seed(Instant from, int count, int status, Environment environment = Environment::kLive,
            const std::string& phone = "+254712345678") {
    const std::string owner =
        std::to_string(account_) + ", " + std::to_string(static_cast<int>(environment));
    for (int i = 0; i < count; ++i) {
      const std::string id = to_string(uuid7_floor(from + milliseconds(i)));
      sql_of_test(pg(),
                  "insert into messages (account_id, environment, message_id, status, segments,"
                  " encoding, cost_micros, route_cost_micros, cost_currency, route_currency,"
                  " route, country, phone, sender, body, failed_at) values (" +
                      owner + ", '" + id + "', " + std::to_string(status) +
                      ", 1, 1, 1202200, 35000000, 'KES', 'UGX', 'ESMS_UG', 'UG', '" + phone +
                      "', 'Kijani', repeat('\u0416', 101), " +
                      (status == kFailed ? "now()" : "null") + ")");
    }
    const std::string column = status == kDelivered ? "delivered" : "failed";
    for (const auto& [shard, part] : {std::pair(3, count + 1), std::pair(-1, -1)}) {
      sql_of_test(pg(), "insert into message_daily as t (account_id, environment, day, shard, " +
                            column + ") values (" + owner + ", '" + format_z(from).substr(0, 10) +
                            "', " + std::to_string(shard) + ", " + std::to_string(part) +
                            ") on conflict (account_id, environment, day, shard) do update set " +
                            column + " = t." + column + " + excluded." + column);
    }
  }

  struct Page {
    std::vector<std::string> ids;
    int64_t total = -1;
  };
  Page list(const std::string& query) {
    const std::string body = get("/messages?" + query);
    const auto document = JsonDocument::parse(body);
    Page page;
    if (!document) return page;
    for (const JsonValue& item : document->root().find("messages")->items()) {
      page.ids.emplace_back(item.find("id")->string());
    }
    page.total = document->root().find("total")->integer();
    return page;
  }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
  const Instant noon_ = floor<days>(now()) + hours(12);
};

TEST_F(ReadTest, EveryMessageIsOnOnePageByNumberAndByLastId) {
  seed(noon_ - days(10), 30, kDelivered);
  seed(noon_ - days(3), 15, kDelivered);
  seed(noon_ - days(3) + hours(1), 5, kFailed);
  seed(noon_ - days(2), 2, kDelivered, Environment::kTest);
  std::vector<std::string> by_number;
  for (int page = 0; page < 10; ++page) {
    const Page got = list("limit=7&page=" + std::to_string(page));
    EXPECT_EQ(got.total, 50);
    by_number.insert(by_number.end(), got.ids.begin(), got.ids.end());
  }
  std::vector<std::string> by_id;
  for (std::string after; by_id.size() < 100;) {
    const Page got = list("limit=7" + after);
    EXPECT_EQ(got.total, 50);
    if (got.ids.empty()) break;
    by_id.insert(by_id.end(), got.ids.begin(), got.ids.end());
    after = "&after=" + by_id.back();
  }
  EXPECT_EQ(by_number.size(), 50u);
  EXPECT_TRUE(std::is_sorted(by_number.rbegin(), by_number.rend()));
  EXPECT_EQ(by_number, by_id);
  // A page deep in a day is found by ids alone where nothing else lies between them.
  const std::vector<std::string> all = list("environment=all&limit=100").ids;
  ASSERT_EQ(all.size(), 52u);
  for (int page = 0; page < 9; ++page) {
    const Page got = list("environment=all&limit=7&page=" + std::to_string(page));
    const auto first = all.begin() + std::min<size_t>(all.size(), static_cast<size_t>(page) * 7);
    const auto last = all.begin() + std::min<size_t>(all.size(), static_cast<size_t>(page) * 7 + 7);
    EXPECT_EQ(got.ids, std::vector<std::string>(first, last)) << page;
  }
  EXPECT_EQ(list("environment=all").total, 52);
  EXPECT_EQ(list("environment=test").ids.size(), 2u);
}

// The first page is asked for before it is known what there is: as the newest messages.
TEST_F(ReadTest, NewerMessagesOfTheOtherEnvironmentHideNone) {
  seed(noon_ - days(9), 12, kDelivered);
  seed(noon_ - days(2), 6, kDelivered, Environment::kTest);
  seed(noon_ - days(1), 3, kDelivered);
  const std::vector<std::string> all = list("limit=100").ids;
  ASSERT_EQ(all.size(), 15u);
  for (const int limit : {1, 3, 4, 9, 14, 15, 16}) {
    const Page got = list("limit=" + std::to_string(limit));
    const auto last = all.begin() + std::min<size_t>(all.size(), static_cast<size_t>(limit));
    EXPECT_EQ(got.ids, std::vector<std::string>(all.begin(), last)) << limit;
    EXPECT_EQ(got.total, 15) << limit;
  }
  EXPECT_EQ(list("limit=4&after=" + all[1]).ids,
            std::vector<std::string>(all.begin() + 2, all.begin() + 6));
  EXPECT_EQ(list("limit=20&after=" + all[12]).ids,
            std::vector<std::string>(all.begin() + 13, all.end()));
  const Page tests = list("environment=test&limit=4");
  EXPECT_EQ(tests.ids.size(), 4u);
  EXPECT_EQ(tests.total, 6);
}

TEST_F(ReadTest, FiltersAndTotalsAgree) {
  seed(noon_ - days(10), 30, kDelivered);
  seed(noon_ - days(3), 5, kFailed);
  seed(noon_ - days(1), 4, kDelivered, Environment::kLive, "+256700000111");
  const auto day = [&](int back) { return format_z(noon_ - days(back)).substr(0, 10); };
  const auto moment = [&](Instant at) { return format_z_ms(at); };
  const std::vector<std::pair<std::string, size_t>> cases = {
      {"status=failed", 5},
      {"status=delivered", 34},
      {"status=queued", 0},
      {"status=dripping", 0},
      {"to=%2B256700000111", 4},
      {"to=+256700000111", 4},  // a plus that was not encoded
      {"to=%2B256700000111&status=failed", 0},
      {"batch_id=batch-01960000-0000-7000-8000-00000000abcd", 0},
      {"date_from=" + day(3), 9},
      {"date_to=" + day(3), 35},
      {"date_from=" + day(3) + "&date_to=" + day(3), 5},
      {"date_from=" + day(3) + "&status=delivered", 4},
      {"date_from=" + moment(noon_ - days(10) + milliseconds(10)), 29},
      {"date_to=" + moment(noon_ - days(10) + milliseconds(9)), 10},
      {"date_from=" + moment(noon_ - days(10) + milliseconds(10)) +
           "&date_to=" + moment(noon_ - days(3) + milliseconds(1)),
       22},
  };
  for (const auto& [query, count] : cases) {
    const Page got = list(query + "&limit=100");
    EXPECT_EQ(got.ids.size(), count) << query;
    EXPECT_EQ(got.total, static_cast<int64_t>(count)) << query;
  }
  EXPECT_EQ(list("status=failed&limit=2&page=2").ids.size(), 1u);
}

TEST_F(ReadTest, AListedMessageHasItsDocumentedFields) {
  seed(noon_ - days(1), 1, kDelivered);
  const std::string id = message_id_text(uuid7_floor(noon_ - days(1)));
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\u0416";
  const std::string shared =
      "{\"id\":\"" + id + R"(","phone":"+254712345678","text":")" + text +
      R"(","sender_id":"Kijani","route":"ESMS_UG","country":"UG","segments":1,"cost":35.00,)"
      R"("currency":"UGX","wallet_cost":1.2022,"wallet_currency":"KES","status":"delivered",)"
      R"("error_code":null,"retry_count":0,"created_at":")" +
      format_z(noon_ - days(1)) + R"(","delivered_at":null)";
  EXPECT_EQ(get("/messages"), "{\"messages\":[" + shared + R"(}],"total":1,"page":0,"limit":20})");
  const std::string detail = get("/messages/" + id);
  EXPECT_NE(detail.find(text + "\u0416\""), std::string::npos) << "the detail cuts nothing";
  for (const char* member : {R"("error_message":null)", R"("submitted_at":null)",
                             R"("failed_at":null)", R"("timeline":[{"event":"accepted")"}) {
    EXPECT_NE(detail.find(member), std::string::npos) << detail;
  }
}

// By this release, by the one before, and by both.
TEST_F(ReadTest, ATimelineIsTheSameWhetherItsSubmitWasStoredOrNot) {
  seed(noon_ - days(1), 1, kDelivered);
  const Uuid id = uuid7_floor(noon_ - days(1));
  const std::string of = " where account_id = " + std::to_string(account_);
  const auto store = [&](const std::string& event) {
    sql_of_test(pg(),
                "insert into message_events (account_id, message_id, event_key, event, status,"
                " detail, metadata, at, event_id) values (" +
                    std::to_string(account_) + ", '" + to_string(id) + "', " + event + ", '" +
                    to_string(new_uuid7()) + "')");
  };
  const auto timeline = [&] {
    const std::string detail = get("/messages/" + message_id_text(id));
    return detail.substr(detail.find(R"({"event":"submitted")"));
  };
  store("'dlr:DELIVRD', 'delivered', 5, 'DLR: DELIVRD', null, '2026-05-02T06:00:05Z'");
  store(R"('submitted', 'submitted', 3, 'Gateway accepted', '{"gateway_message_id":"c-1"}',)"
        " '2026-05-02T06:00:04Z'");
  const std::string stored = timeline();
  EXPECT_TRUE(
      stored.starts_with(R"({"event":"submitted","status":"submitted","detail":"Gateway accepted",)"
                         R"("at":"2026-05-02T06:00:04Z","metadata":{"gateway_message_id":"c-1"}},)"
                         R"({"event":"delivered","status":"delivered","detail":"DLR: DELIVRD",)"
                         R"("at":"2026-05-02T06:00:05Z"}])"))
      << stored;
  sql_of_test(pg(), "update messages set submitted_event = '" + to_string(new_uuid7()) +
                        R"(', submitted_at = '2026-05-02T06:00:04Z', carrier_message_id = 'c-1')" +
                        of);
  EXPECT_EQ(timeline(), stored) << "by both";
  sql_of_test(pg(), "delete from message_events" + of + " and event_key = 'submitted'");
  EXPECT_EQ(timeline(), stored) << "by this one";
}

TEST_F(ReadTest, StatsAndVolumeComeFromTheRollup) {
  seed(noon_ - days(13), 8, kDelivered);
  seed(noon_ - days(1), 2, kFailed);
  seed(noon_ - days(20), 7, kFailed);  // before the period
  const std::string stats = get("/messages/stats");
  EXPECT_EQ(stats,
            R"({"sent_today":0,"sent_delta_pct":-100.0,"delivery_rate":80.0,"failed_today":0,)"
            R"("failed_delta":-2,"balance":1000.00,"currency":"KES","period_total":10,)"
            R"("period_days":14})");
  for (const int count : {1, 14, 90}) {
    const std::string body = get("/messages/volume?days=" + std::to_string(count));
    const auto document = JsonDocument::parse(body);
    ASSERT_TRUE(document);
    const std::vector<JsonValue> rows = document->root().items();
    ASSERT_EQ(rows.size(), static_cast<size_t>(count));
    EXPECT_EQ(rows.back().find("date")->string(), format_z(noon_).substr(0, 10));
    std::set<std::string> dates;
    for (const JsonValue& row : rows) dates.emplace(row.find("date")->string());
    EXPECT_EQ(dates.size(), static_cast<size_t>(count));
  }
  const std::string failed_yesterday = R"("delivered":0,"failed":2,"pending":0})";
  EXPECT_NE(get("/messages/volume?days=2").find(failed_yesterday), std::string::npos);
  for (const char* bad : {"0", "91", "x"}) {
    EXPECT_EQ(client_.get(key_, "/api/messages/volume?days=" + std::string(bad)).status, 422);
  }
}

TEST_F(ReadTest, FailuresAreGroupedByCause) {
  const std::string none = R"({"errors":[],"counted":0,"complete":true,"days":7})";
  EXPECT_EQ(get("/messages/errors"), none);
  seed(noon_ - days(1), 3, kFailed);
  seed(noon_ - days(2), 4, kDelivered);
  seed(noon_ - days(20), 2, kFailed);
  seed(noon_ - days(1) + std::chrono::hours(1), 5, kFailed, Environment::kTest);
  const std::string newest = to_string(uuid7_floor(noon_ - days(1) + milliseconds(2)));
  sql_of_test(pg(),
              "update messages set error_code = 'UNDELIV', carrier_error_code = '027', failed_at ="
              " '2026-05-02 08:00Z' where status = 6 and account_id = " +
                  std::to_string(account_));
  sql_of_test(pg(),
              "update messages set error_code = 'OPTED_OUT', carrier_error_code = null"
              " where message_id = '" +
                  newest + "'");
  const auto group = [](const char* code, const char* carriers, int count, const Uuid& last) {
    return R"({"error_code":")" + std::string(code) + R"(","carrier_error_code":)" + carriers +
           R"(,"country":"UG","count":)" + std::to_string(count) + R"(,"last_id":")" +
           message_id_text(last) + R"(","last_failed_at":"2026-05-02T08:00:00Z"})";
  };
  const auto id = [this](int day, int n) {
    return uuid7_floor(noon_ - days(day) + milliseconds(n));
  };
  EXPECT_EQ(get("/messages/errors"), "{\"errors\":[" + group("UNDELIV", "\"027\"", 2, id(1, 1)) +
                                         "," + group("OPTED_OUT", "null", 1, id(1, 2)) +
                                         R"(],"counted":3,"complete":true,"days":7})");
  EXPECT_EQ(get("/messages/errors?days=30"), "{\"errors\":[" +
                                                 group("UNDELIV", "\"027\"", 4, id(1, 1)) + "," +
                                                 group("OPTED_OUT", "null", 1, id(1, 2)) +
                                                 R"(],"counted":5,"complete":true,"days":30})");
  const std::string stranger = seed_key(pg(), seed_account(pg()));
  EXPECT_EQ(client_.get(stranger, "/api/messages/errors").body, none);
  for (const char* bad : {"0", "91", "x"}) {
    EXPECT_EQ(client_.get(key_, "/api/messages/errors?days=" + std::string(bad)).status, 422);
  }
}

TEST_F(ReadTest, TheLedgerPagesBySeq) {
  const std::string account = std::to_string(account_);
  sql_of_test(pg(),
              "insert into ledger_entries (account_id, environment, seq, type, amount_micros,"
              " balance_after_micros, description) select " +
                  account + ", 0, i, 2, -1, 1000, 'SMS' from generate_series(2, 45) as i");
  sql_of_test(pg(),
              "update wallets set seq = 45 where environment = 0 and account_id = " + account);
  const auto seqs = [&](const std::string& query) {
    const std::string body = get("/balance/transactions?" + query);
    EXPECT_NE(body.find(R"("total":45,)"), std::string::npos);
    const auto document = JsonDocument::parse(body);
    std::vector<int64_t> ids;
    for (const JsonValue& entry : document->root().find("transactions")->items()) {
      ids.push_back(entry.find("id")->integer());
    }
    return ids;
  };
  EXPECT_EQ(seqs("limit=2"), (std::vector<int64_t>{45, 44}));
  EXPECT_EQ(seqs("limit=20&page=2"), (std::vector<int64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(seqs("limit=20&page=3"), std::vector<int64_t>{});
  EXPECT_EQ(seqs("limit=2&after=44"), (std::vector<int64_t>{43, 42}));
  EXPECT_EQ(client_.get(key_, "/api/balance/transactions?after=0").status, 422);
}

}  // namespace read_endpoints_test
}  // namespace dundun
