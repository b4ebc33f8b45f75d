// Retries, reschedules, last moments and delivery windows of single messages, through nginx.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/suite_service.h"
#include "tests/support/text.h"

namespace dundun {
namespace schedule_test {

using std::chrono::hours;
using std::chrono::minutes;

std::string body_of(const std::string& to, const std::string& more = "") {
  return R"({"to":")" + to + R"(","text":"Gate 4 opens at 9")" + more + "}";
}

std::string later(Instant at) {
  return R"(,"schedule_mode":"scheduled","scheduled_at":")" + format_z(at) + "\"";
}

class ScheduleTest : public testing::Test {
 protected:
  ScheduleTest() : account_(seed_account(pg())), key_(seed_key(pg(), account_)) {}
  static Service& service() {
    static SuiteService shared;
    return shared.get();
  }
  static Pg& pg() { return service().pg(); }
  HttpAnswer post(const std::string& target, const std::string& body,
                  HttpClient::Headers more = {}) {
    return client_.post(key_, "/api/messages/" + target, body, std::move(more));
  }
  std::string send(const std::string& to, const std::string& more = "") {
    const HttpAnswer sent = post("send", body_of(to, more));
    EXPECT_EQ(sent.status, 200) << sent.body;
    return member(sent.body, "id");
  }
  std::string detail(const std::string& id) {
    return client_.get(key_, "/api/messages/" + id).body;
  }
  bool reaches(const std::string& id, const std::string& status) {
    return wait_until([&] { return member(detail(id), "status") == status; });
  }
  std::string balance() { return client_.get(key_, "/api/balance").body; }

  HttpClient client_ = service().client();
  int64_t account_;
  std::string key_;
};

TEST_F(ScheduleTest, ASubmitThatFailsOnceIsRetriedByItself) {
  Process scheduler = service().scheduler(20);
  const std::string id = send("+254700000011");
  EXPECT_TRUE(reaches(id, "retrying")) << detail(id);
  ASSERT_TRUE(reaches(id, "delivered")) << detail(id);
  EXPECT_EQ(member(detail(id), "retry_count"), "1");
  EXPECT_TRUE(contains(detail(id), R"("event":"retrying","status":"retrying")")) << detail(id);
  EXPECT_TRUE(contains(balance(), "998.80")) << "an automatic retry costs nothing";
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, AfterTwoAutomaticRetriesItFailsAndTheMoneyComesBack) {
  Process scheduler = service().scheduler(20);
  const std::string id = send("+254700000012");
  ASSERT_TRUE(reaches(id, "failed")) << detail(id);
  EXPECT_EQ(member(detail(id), "retry_count"), "2");
  EXPECT_EQ(member(detail(id), "error_code"), "SUBMIT_FAIL");
  EXPECT_TRUE(contains(balance(), "1000.00")) << balance();
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

// One of them never gets an answer, so their common claim is recovered when its lease ends; what
// waits for its retry by then is not submitted a second time.
TEST_F(ScheduleTest, ARecoveredClaimLeavesAloneWhatWaitsAgain) {
  Service patient(Stack::shared().fresh_database(),
                  {.environment = {{"AUTO_RETRY_FIRST_S", "30"}}});
  const int64_t account = seed_account(patient.pg());
  const std::string key = seed_key(patient.pg(), account);
  HttpClient client = patient.client();
  const HttpAnswer sent = client.post(key, "/api/messages/send-bulk",
                                      R"({"text":"x","recipients":[{"to":"+254700000011"},)"
                                      R"({"to":"+254700000006"}]})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  Process scheduler = patient.scheduler(20);
  EXPECT_TRUE(wait_until([&] {
    return number_of(patient.pg(), "select coalesce(max(recoveries), 0) from claims") >= 2;
  }));
  EXPECT_EQ(number_of(patient.pg(), "select status from messages where phone = '+254700000011'"),
            7);
  EXPECT_EQ(number_of(patient.pg(), "select count(*) from dispatch"), 1);
  scheduler.stop();
  EXPECT_EQ(patient.reconcile(), 0);
}

// Processes that die do not count against a message, as long as something of its claim moves.
TEST_F(ScheduleTest, AnInterruptedSubmitIsUnknownWhenNothingMovesAnyMore) {
  Service patient(Stack::shared().fresh_database(),
                  {.environment = {{"SUBMIT_LEASE_MS", "600000"}}});
  Pg& pg = patient.pg();
  const std::string key = seed_key(pg, seed_account(pg));
  const HttpAnswer sent = patient.client().post(
      key, "/api/messages/send-bulk",
      R"({"text":"x","recipients":[{"to":"+254712345678"},{"to":"+254700000006"}]})");
  ASSERT_EQ(sent.status, 200) << sent.body;
  Process scheduler = patient.scheduler(60);
  const auto silent = [&](const std::string& column) {
    return sql_of_test(pg,
                       "select " + column + "::text from messages where phone = '+254700000006'");
  };
  ASSERT_TRUE(wait_until(
      [&] { return number_of(pg, "select count(*) from messages where status = 5") == 1; }));
  for (int recovery = 1; recovery <= 5; ++recovery) {
    EXPECT_EQ(silent("status").text(0, 0), "2") << recovery;
    sql_of_test(pg, "update claims set lease_until = now()");
    EXPECT_TRUE(wait_until([&] {
      return number_of(pg, "select coalesce(max(recoveries), 5) from claims") == recovery;
    }));
    if (recovery == 5) break;
    EXPECT_EQ(number_of(pg, "select stalled from claims"), recovery - 1);
  }
  EXPECT_TRUE(wait_until([&] { return silent("status").text(0, 0) == "6"; }));
  EXPECT_EQ(silent("error_code").text(0, 0), "SUBMIT_UNKNOWN");
  scheduler.stop();
  EXPECT_EQ(patient.reconcile(), 0);
}

// A journal that is slower than the leases: every answer of the carrier is recorded too late, so
// nothing moves, recovery after recovery. What the carrier took is not refunded for that.
TEST_F(ScheduleTest, ARecordThatComesTooLateMakesNothingUnknown) {
  Service slow(Stack::shared().fresh_database(), {.environment = {{"SUBMIT_LEASE_MS", "300"}}});
  Pg& pg = slow.pg();
  const std::string key = seed_key(pg, seed_account(pg));
  const std::string body = R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled",)"
                           R"("scheduled_at":")" +
                           format_z(now() + minutes(6)) + "\"}";
  ASSERT_EQ(slow.client().post(key, "/api/messages/send", body).status, 200);
  sql_of_test(pg, "begin");
  sql_of_test(pg, "select from messages for no key update");
  Process scheduler = slow.scheduler(60);
  Pg beside({.url = slow.database()});
  sql_of_test(beside, "update dispatch set due_at = now()");
  EXPECT_TRUE(wait_until(
      [&] { return number_of(beside, "select coalesce(max(stalled), 0) from claims") >= 5; }));
  sql_of_test(pg, "commit");
  ASSERT_TRUE(wait_until(
      [&] { return number_of(pg, "select count(*) from messages where status in (5, 6)") == 1; }));
  EXPECT_EQ(number_of(pg, "select count(*) from messages where status = 5 and not refunded"), 1);
  EXPECT_EQ(handset_ids(slow).size(), 1u);
  scheduler.stop();
  EXPECT_EQ(slow.reconcile(), 0);
}

TEST_F(ScheduleTest, AFailedMessageIsSentAgainAsANewOne) {
  const std::string id = send("+254700000004");
  const HttpAnswer retry = post(id + "/retry", "");
  ASSERT_EQ(retry.status, 200) << retry.body;
  EXPECT_EQ(member(retry.body, "original_id"), id);
  EXPECT_EQ(member(retry.body, "status"), "retrying");
  EXPECT_EQ(member(retry.body, "retry_count"), "1");
  const std::string again = member(retry.body, "id");
  EXPECT_NE(again, id);
  EXPECT_TRUE(reaches(again, "failed"));
  EXPECT_EQ(member(detail(id), "retry_count"), "1");
  EXPECT_TRUE(contains(detail(id), "Sent again as " + again)) << detail(id);
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, ARetryHasItsKeyAndItsLimits) {
  const std::string failed = send("+254700000004");
  const HttpClient::Headers key{{"Idempotency-Key", "retry-1"}};
  const HttpAnswer first = post(failed + "/retry", "", key);
  ASSERT_TRUE(wait_until(
      [&] { return post(failed + "/retry", "", key).headers.contains("idempotency-replayed"); }));
  EXPECT_EQ(post(failed + "/retry", "", key).body, first.body);
  std::string last = member(first.body, "id");
  for (int i = 2; i <= 10; ++i) {
    ASSERT_TRUE(reaches(last, "failed"));
    const HttpAnswer again = post(failed + "/retry", "");
    EXPECT_EQ(again.status, 200) << i;
    last = member(again.body, "id");
  }
  ASSERT_TRUE(reaches(last, "failed"));
  const HttpAnswer eleventh = post(failed + "/retry", "");
  EXPECT_EQ(eleventh.status, 409);
  EXPECT_TRUE(contains(eleventh.body, R"("code":"max_retries_exceeded")")) << eleventh.body;

  const std::string sent = send("+254712345678");
  const HttpAnswer refused = post(sent + "/retry", "");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(contains(refused.body, R"("code":"not_retryable")")) << refused.body;
  EXPECT_EQ(post("msg-0190a000-0000-7000-8000-000000000000/retry", "").status, 404);
  EXPECT_EQ(
      client_.post(seed_key(pg(), seed_account(pg())), "/api/messages/" + failed + "/retry", "")
          .status,
      404)
      << "another account's";
}

// Whoever asks first sends it; how many ask at once does not matter.
TEST_F(ScheduleTest, AMessageIsSentAgainOnceAtATime) {
  const std::string failed = send("+254700000004");
  sql_of_test(pg(), "update messages set phone = '+254712345678' where account_id = " +
                        std::to_string(account_));
  std::atomic<int> taken{0}, refused{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([&] {
      HttpClient client = service().client();
      const HttpAnswer answer = client.post(key_, "/api/messages/" + failed + "/retry", "");
      if (answer.status == 200) ++taken;
      if (answer.status == 409 && contains(answer.body, "is being sent again already")) ++refused;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(refused, 11);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from messages where retry_of is not null and"
                      " account_id = " +
                          std::to_string(account_)),
            1);
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, ARetryNeedsTheMoney) {
  const std::string failed = send("+254700000004");
  const std::string account = std::to_string(account_);
  const int64_t poor = seed_account(pg(), {.live_micros = 1'200'000});
  const std::string key = seed_key(pg(), poor);
  const std::string id =
      member(client_.post(key, "/api/messages/send", body_of("+254700000004")).body, "id");
  EXPECT_EQ(client_.post(key, "/api/messages/send", body_of("+254712345678")).status, 200);
  EXPECT_EQ(client_.post(key, "/api/messages/" + id + "/retry", "").status, 422);
  EXPECT_EQ(client_.post(key, "/v1/messages/" + id + "/retry", "").status, 402);
}

TEST_F(ScheduleTest, AWaitingMessageMovesToAnotherTime) {
  const std::string id = send("+254712345678", later(now() + minutes(10)));
  const Instant wanted = std::chrono::floor<std::chrono::seconds>(now() + hours(30));
  const HttpAnswer moved =
      post(id + "/reschedule", R"({"scheduled_at":")" + format_z(wanted) + "\"}");
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(member(moved.body, "scheduled_at"), format_offset(wanted));
  EXPECT_EQ(member(detail(id), "scheduled_at"), format_offset(wanted));
  EXPECT_TRUE(contains(detail(id), R"("event":"rescheduled")"));
  EXPECT_EQ(
      number_of(pg(), "select count(*) from dispatch where due_at = '" + format_z(wanted) + "'"),
      1);
  for (const char* bad : {R"({})", R"({"scheduled_at":7})"}) {
    EXPECT_EQ(post(id + "/reschedule", bad).status, 422) << bad;
  }
  for (const char* bad :
       {R"({"scheduled_at":"soon"})", R"({"scheduled_at":"2020-01-01T00:00:00Z"})",
        R"({"scheduled_at":"2099-01-01T00:00:00Z"})"}) {
    EXPECT_EQ(post(id + "/reschedule", bad).status, 400) << bad;
  }
  EXPECT_EQ(post(id + "/cancel", "").status, 200);
  const HttpAnswer late =
      post(id + "/reschedule", R"({"scheduled_at":")" + format_z(wanted) + "\"}");
  EXPECT_EQ(late.status, 409);
  EXPECT_TRUE(contains(late.body, R"("code":"not_reschedulable")")) << late.body;
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, WhatCouldNotLeaveInTimeExpiresAndIsRefunded) {
  const Instant at = now() + minutes(6);
  const std::string id =
      send("+254712345678", later(at) + R"(,"not_after":")" + format_z(at + minutes(1)) + "\"");
  // As if every scheduler had been off until after that.
  sql_of_test(pg(),
              "update messages set not_after = now() - interval '1 second' where account_id = " +
                  std::to_string(account_));
  sql_of_test(pg(), "update dispatch set due_at = now() - interval '1 minute' where account_id = " +
                        std::to_string(account_));
  Process scheduler = service().scheduler(20);
  ASSERT_TRUE(reaches(id, "expired")) << detail(id);
  EXPECT_TRUE(contains(balance(), "1000.00")) << balance();
  EXPECT_FALSE(contains(detail(id), R"("event":"submitted")"));
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, NotAfterMustComeAfterTheTime) {
  const Instant at = now() + minutes(6);
  const std::string early = R"(,"not_after":")" + format_z(at - minutes(1)) + "\"";
  EXPECT_EQ(post("send", body_of("+254712345678", later(at) + early)).status, 400);
  EXPECT_EQ(post("send", body_of("+254712345678", R"(,"not_after":"2020-01-01T00:00:00Z")")).status,
            400);
  EXPECT_EQ(post("send", body_of("+254712345678", R"(,"not_after":"soon")")).status, 400);
  EXPECT_EQ(post("send", body_of("+254712345678", R"(,"not_after":5)")).status, 422);
}

std::string window(const std::string& from, const std::string& to, const std::string& zone) {
  return R"(,"window":{"from":")" + from + R"(","to":")" + to + R"(","tz":")" + zone + R"("})";
}

TEST_F(ScheduleTest, OutsideItsWindowAMessageWaitsForTheMorning) {
  // Now is 12 hours away from the middle of this window, by the clocks of UTC.
  const auto hour =
      std::chrono::duration_cast<hours>(now() - std::chrono::floor<std::chrono::days>(now()))
          .count();
  const auto text = [](int64_t h) {
    h %= 24;
    return (h < 10 ? "0" : "") + std::to_string(h) + ":00";
  };
  const std::string closed = window(text(hour + 11), text(hour + 13), "UTC");
  const HttpAnswer waiting = post("send", body_of("+254712345678", closed));
  ASSERT_EQ(waiting.status, 200) << waiting.body;
  EXPECT_EQ(member(waiting.body, "status"), "scheduled") << waiting.body;
  EXPECT_TRUE(contains(waiting.body, "T" + text(hour + 11) + ":00+00:00")) << waiting.body;
  const std::string open = window(text(hour + 23), text(hour + 2), "recipient");
  const HttpAnswer there = post("send", body_of("+233244123456", open));  // Ghana: UTC all year
  EXPECT_EQ(member(there.body, "status"), "submitted") << there.body;

  // The window closed while no scheduler ran: it waits for the next one.
  const std::string id = member(waiting.body, "id");
  sql_of_test(pg(), "update dispatch set due_at = now() - interval '1 minute' where account_id = " +
                        std::to_string(account_));
  Process scheduler = service().scheduler(20);
  ASSERT_TRUE(wait_until([&] { return contains(detail(id), R"("event":"postponed")"); }));
  EXPECT_FALSE(contains(detail(id), R"("event":"submitted")"));
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from dispatch where due_at > now() + interval '8 hours'"
                      " and account_id = " +
                          std::to_string(account_)),
            1);
  scheduler.stop();
  EXPECT_EQ(service().reconcile(), 0);
}

TEST_F(ScheduleTest, AWindowIsCheckedBeforeItCosts) {
  const std::string cases[] = {window("9 am", "18:00", "UTC"), window("09:00", "25:00", "UTC"),
                               window("09:00", "09:00", "UTC")};
  for (const std::string& bad : cases) {
    const HttpAnswer refused = post("send", body_of("+254712345678", bad));
    EXPECT_EQ(refused.status, 400) << bad << refused.body;
    EXPECT_TRUE(contains(refused.body, "window")) << refused.body;
  }
  for (const char* zone : {"Mars/X", "Foo+3", "3", "IST", "EST5EDT"}) {
    const std::string bad = window("09:00", "18:00", zone);
    const HttpAnswer refused = post("send", body_of("+254712345678", bad));
    EXPECT_EQ(refused.status, 422) << bad << refused.body;
    EXPECT_TRUE(contains(refused.body, "window.tz")) << refused.body;
  }
  EXPECT_EQ(post("send", body_of("+254712345678", R"(,"window":{"from":"09:00"})")).status, 422);
  EXPECT_EQ(post("send", body_of("+254712345678", R"(,"window":"day")")).status, 422);
  EXPECT_TRUE(contains(balance(), "1000.00"));
}

// Cairo, 2026: clocks go forward on 24 April at 00:00, back on 30 October at 00:00.
TEST_F(ScheduleTest, WindowsKeepLocalTimeWhenTheClocksChange) {
  const auto opens = [](const std::string& at, int from, int to) {
    return format_z(sql_of_test(pg(), "select window_opens('" + at + "', " + std::to_string(from) +
                                          ", " + std::to_string(to) + ", 'Africa/Cairo')")
                        .instant(0, 0));
  };
  EXPECT_EQ(opens("2026-04-23T20:00:00Z", 540, 1080), "2026-04-24T06:00:00Z") << "UTC+3 now";
  EXPECT_EQ(opens("2026-04-22T20:00:00Z", 540, 1080), "2026-04-23T07:00:00Z") << "still UTC+2";
  EXPECT_EQ(opens("2026-10-29T20:00:00Z", 540, 1080), "2026-10-30T07:00:00Z") << "UTC+2 again";
  EXPECT_EQ(opens("2026-04-23T21:30:00Z", 30, 60), "2026-04-24T21:30:00Z")
      << "the whole window lies in the hour that does not exist that night";
  EXPECT_EQ(opens("2026-06-01T21:30:00Z", 1320, 360), "2026-06-01T21:30:00Z") << "over midnight";
}

// Berlin, 2026: 02:00 to 03:00 does not exist on 29 March, and is there twice on 25 October.
TEST_F(ScheduleTest, WindowsGoByWhatTheClocksShow) {
  const auto edge = [](const std::string& at, int from, int to, const char* inside = "true") {
    return format_z(sql_of_test(pg(), "select window_edge('" + at + "', " + std::to_string(from) +
                                          ", " + std::to_string(to) + ", 'Europe/Berlin', " +
                                          inside + ")")
                        .instant(0, 0));
  };
  EXPECT_EQ(edge("2026-03-28T23:00:00Z", 150, 240), "2026-03-29T01:00:00Z")
      << "the clocks leap over 02:30: it opens with the leap, not an hour late";
  EXPECT_EQ(edge("2026-03-28T23:00:00Z", 130, 170), "2026-03-30T00:10:00Z")
      << "nothing of it exists that night";
  EXPECT_EQ(edge("2026-03-29T00:30:00Z", 60, 150, "false"), "2026-03-29T01:00:00Z")
      << "it closes with the leap";
  EXPECT_EQ(edge("2026-10-24T22:00:00Z", 150, 240), "2026-10-25T00:30:00Z")
      << "the first of the two 02:30";
  EXPECT_EQ(edge("2026-10-24T21:00:00Z", 1320, 150, "false"), "2026-10-25T00:30:00Z")
      << "it closes at the first 02:30";
  EXPECT_EQ(edge("2026-10-25T00:45:00Z", 1320, 150), "2026-10-25T01:00:00Z")
      << "and is open again while the clocks show 02:00 to 02:30";
  EXPECT_EQ(edge("2026-10-25T01:30:00Z", 1320, 150), "2026-10-25T21:00:00Z");
  EXPECT_EQ(edge("2026-10-24T21:59:59Z", 0, 1440), "2026-10-24T21:59:59Z");
}

// By every minute of the days on which the clocks change, and around midnight.
TEST_F(ScheduleTest, AnOpeningIsTheFirstMomentInsideTheWindow) {
  const std::string step = full_size() ? "97 minutes" : "601 minutes";
  for (const char* zone : {"Africa/Cairo", "Africa/Casablanca", "Europe/Berlin", "Africa/Lagos",
                           "Australia/Lord_Howe", "America/St_Johns"}) {
    EXPECT_EQ(
        number_of(pg(), std::string("with moments as (select m from unnest(array["
                                    "'2026-03-28', '2026-10-24', '2026-04-23', '2026-10-29', "
                                    "'2026-02-14', '2026-03-21', '2026-04-04', '2026-10-03', "
                                    "'2026-03-07', '2026-10-31']::timestamptz[]) d, "
                                    "generate_series(d, d + interval '30 hours', interval '" +
                                    step +
                                    "') m),"
                                    " windows (o, c) as (values (30, 60), (130, 170), (540, 1080),"
                                    " (1320, 360), (1410, 95), (0, 1)), found as (select m, o, c,"
                                    " window_opens(m, o, c, '") +
                            zone +
                            "') as at from moments, windows)"
                            " select count(*) from found where at is null or at < m"
                            " or not in_window(at at time zone '" +
                            zone +
                            "', o, c)"
                            " or exists (select from generate_series(date_trunc('minute', m),"
                            " at - interval '1 minute', interval '1 minute') t where t >= m"
                            " and in_window(t at time zone '" +
                            zone + "', o, c))"),
        0)
        << zone;
  }
}

}  // namespace schedule_test
}  // namespace dundun
