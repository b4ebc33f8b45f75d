// What is kept how long: old months are dropped and old texts blanked beside traffic, and the books
// still balance.
#include <gtest/gtest.h>

#include <fstream>

#include "common/io/json.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace retention_test {

class RetentionTest : public testing::Test {
 protected:
  RetentionTest()
      : service_(Stack::shared().fresh_database(), {.environment = settings()}),
        account_(seed_account(service_.pg())),
        key_(seed_key(service_.pg(), account_)) {}

  static std::map<std::string, std::string> settings() {
    return {{"MESSAGES_KEEP_MONTHS", "3"}, {"WEBHOOK_DELIVERIES_KEEP_MONTHS", "2"},
            {"INBOUND_KEEP_MONTHS", "3"},  {"TEXTS_KEEP_DAYS", "30"},
            {"AUDIT_KEEP_DAYS", "400"},    {"SESSIONS_KEEP_DAYS", "7"},
            {"RETENTION_LOCK_MS", "100"}};
  }
  Pg& pg() { return service_.pg(); }
  int64_t count(const std::string& what) { return number_of(pg(), "select count(*) from " + what); }

  // A partition of `months` ago of each such table, made by hand.
  void make_month(int months) {
    sql_of_test(pg(),
                "do $$ declare t monthly_tables; a timestamptz := (date_trunc('month', now() "
                "at time zone 'UTC') - make_interval(months => " +
                    std::to_string(months) +
                    ")) at time zone 'UTC'; b timestamptz; begin "
                    "b := (a at time zone 'UTC' + interval '1 month') at time zone 'UTC'; "
                    "for t in select * from monthly_tables loop execute format('create table if "
                    "not exists %I partition of %I for values from (%L) to (%L)', t.name || "
                    "to_char(a at time zone 'UTC', '_YYYY_MM'), t.name, "
                    "case when t.by_id then uuid7_floor(a)::text else a::text end, "
                    "case when t.by_id then uuid7_floor(b)::text else b::text end); "
                    "end loop; end $$");
  }
  // Everything of this account moves so many days back, as if it had been made then.
  void age(int days) {
    const std::string back = " - make_interval(days => " + std::to_string(days) + ")";
    const std::string old_id = "(left(uuid7_floor(uuid7_time(message_id)" + back +
                               ")::text, 13) || substr(message_id::text, 14))::uuid";
    for (const char* table : {"ledger_entries", "message_events", "webhook_deliveries",
                              "webhook_queue", "webhook_dead", "messages"}) {
      const std::string name(table);
      std::string set = "message_id = " + old_id;
      if (name == "ledger_entries") set += ", created_at = created_at" + back;
      if (name.starts_with("webhook_")) {
        set = "delivery_id = (left(uuid7_floor(uuid7_time(delivery_id)" + back +
              ")::text, 13) || substr(delivery_id::text, 14))::uuid";
      }
      if (name == "webhook_deliveries") set += ", message_id = " + old_id;
      if (name == "messages") {
        set += ", submitted_at = submitted_at" + back + ", delivered_at = delivered_at" + back +
               ", failed_at = failed_at" + back;
      }
      sql_of_test(pg(), "update " + name + " set " + set);
    }
    sql_of_test(pg(), "update message_daily set day = day - " + std::to_string(days));
    sql_of_test(pg(), "update route_hourly set hour = hour" + back);
    sql_of_test(pg(), "update webhook_endpoints set configured_at = configured_at" + back +
                          " - interval '1 hour'");
  }
  std::string send(const std::string& text) {
    HttpClient client = service_.client();
    const HttpAnswer sent =
        client.post(key_, "/api/messages/send", R"({"to":"+254712345678","text":")" + text + "\"}");
    EXPECT_EQ(sent.status, 200) << sent.body;
    return sent.body.substr(7, 40);
  }
  struct Run {
    int status;
    std::string out;
  };
  Run ctl(std::vector<std::string> words) {
    const std::string log = service_.folder() + "/ctl.log";
    std::ofstream(log).close();
    words.insert(words.begin(), Stack::shared().binary("dundunctl"));
    const int status = run_command(words, service_.environment(), log);
    std::ifstream file(log);
    return {status, std::string((std::istreambuf_iterator<char>(file)), {})};
  }
  // One scheduler's upkeep.
  void upkeep() {
    Process scheduler = service_.scheduler(1);
    scheduler.wait();
  }
  // A drop that cannot have its lock at once waits for the next upkeep.
  template <class Condition>
  void upkeep_until(Condition done) {
    EXPECT_TRUE(wait_until([&] {
      upkeep();
      return done();
    }));
  }

  Service service_;
  int64_t account_;
  std::string key_;
};

TEST_F(RetentionTest, OldMonthsGoAndTheLedgerStaysAndBalances) {
  HttpClient client = service_.client();
  client.send("PUT", "/api/webhooks",
              {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
              R"({"dlr_url":"https://example.com/dlr"})");
  for (int i = 0; i < 5; ++i) send("Old");
  Process scheduler = service_.scheduler(20);
  EXPECT_TRUE(wait_until([&] { return count("messages where status = 5") == 5; }));
  scheduler.stop();
  for (const int months : {3, 4, 5, 6}) make_month(months);
  age(150);
  sql_of_test(pg(), "update webhook_deliveries set state = 3");
  sql_of_test(pg(), "delete from webhook_queue");
  sql_of_test(pg(), "delete from webhook_dead");
  sql_of_test(pg(),
              "insert into webhook_dead select account_id, delivery_id from "
              "webhook_deliveries");
  send("New");
  ASSERT_EQ(service_.reconcile(), 0) << "the test ages its rows wrongly";
  ASSERT_EQ(count("webhook_dead"), 5);

  const Run due = ctl({"--json", "retention", "show"});
  EXPECT_EQ(due.status, 0) << due.out;
  EXPECT_TRUE(contains(due.out, R"({"what":"messages","setting":"MESSAGES_KEEP_MONTHS","keep":3,)"
                                R"("unit":"months","due":3})"))
      << due.out;
  EXPECT_EQ(count("messages"), 6) << "to look is not to touch";
  const auto months_kept = [&] {
    return count("pg_class where relname ~ '^(messages|message_events)_' and relkind = 'r'");
  };
  upkeep_until([&] { return months_kept() == 2 * 6; });
  EXPECT_EQ(count("messages"), 1);
  EXPECT_EQ(count("message_timeline where event = 'submitted'"), 1);
  EXPECT_EQ(count("webhook_dead"), 0);
  EXPECT_EQ(count("webhook_deliveries where uuid7_time(delivery_id) < now() - interval '9 days'"),
            0);
  EXPECT_EQ(count("ledger_entries where type = 2"), 6);
  EXPECT_EQ(months_kept(), 2 * 6)
      << "the one of three months back, and last month's to that of three months ahead";
  EXPECT_EQ(service_.reconcile(), 0);
  EXPECT_TRUE(contains(client.get(key_, "/api/messages").body, R"("total":1,)"));
  upkeep();
  EXPECT_TRUE(contains(ctl({"retention", "run"}).out, "messages"));
  EXPECT_EQ(count("audit_log where action = 'retention.run'"), 1);
  EXPECT_EQ(count("messages"), 1);
}

TEST_F(RetentionTest, TheCountsOfADayGoneByBecomeOneRow) {
  send("Old");
  send("Old");
  Process scheduler = service_.scheduler(20);
  EXPECT_TRUE(wait_until([&] { return count("messages where status = 5") == 2; }));
  scheduler.stop();
  make_month(1);
  age(10);
  send("New");
  const std::string day = "(select min(day) from message_daily)";
  const auto part = [&](int shard, int delivered) {
    sql_of_test(
        pg(),
        "insert into message_daily (account_id, environment, day, shard, delivered) values (" +
            std::to_string(account_) + ", 0, " + day + ", " + std::to_string(shard) + ", " +
            std::to_string(delivered) + ")");
  };
  part(100, 7);
  part(101, -7);
  Pg writer({.url = service_.environment().at("DATABASE_URL")});
  ASSERT_TRUE(writer.run(kPgBegin, {}));
  sql_of_test(writer, "select from message_daily where shard = 100 for update");
  upkeep();
  EXPECT_EQ(count("message_daily where day = " + day), 2) << "what is held is left alone";
  writer.rollback();
  upkeep_until([&] { return count("message_daily where day = " + day) == 1; });
  EXPECT_EQ(count("message_daily where day = " + day + " and shard = -1 and delivered = 2"), 1);
  EXPECT_EQ(count("message_daily where day = " + day), 1);
  upkeep_until([&] { return count("message_daily where shard >= 0") == 0; });
  EXPECT_EQ(count("message_daily"), 2) << "that day's and today's";
  EXPECT_EQ(service_.reconcile(), 0);
}

TEST_F(RetentionTest, AMonthWithSomethingToSendAndTheLedgerAreNotDropped) {
  make_month(5);
  make_month(6);
  send("Waits");
  sql_of_test(pg(), "insert into dispatch (account_id, message_id, due_at) values (" +
                        std::to_string(account_) +
                        ", uuid7_floor(date_trunc('month', now()) - interval '5 months' + interval "
                        "'1 day'), now() + interval '1 hour')");
  upkeep_until([&] { return count("retention_marks where what = 'messages'") == 1; });
  EXPECT_EQ(count("retention_marks where what = 'messages'"), 1) << "the month before it";
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from old_months('{messages}', "
                      "date_trunc('month', now()) - interval '4 months')"),
            1);
  const PgRows refused = sql_of_test(
      pg(), "select count(*) from monthly_tables where name = 'ledger_entries' and droppable");
  EXPECT_EQ(refused.i64(0, 0), 0);
  const Statement drop{"t", "select drop_old_month('{ledger_entries}', now(), 100)::text", 0};
  EXPECT_FALSE(pg().run(drop, {}).has_value());
}

TEST_F(RetentionTest, ADropThatCannotHaveItsLockWaitsForTheNextTime) {
  make_month(5);
  Pg reader({.url = service_.database()});
  (void)reader.run(kPgBegin, {});
  const Statement look{"look", "select count(*) from messages", 0};
  ASSERT_TRUE(reader.run(look, {}).has_value());
  upkeep();
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from old_months('{messages}', "
                      "date_trunc('month', now()) - interval '4 months')"),
            1);
  send("Traffic goes on");
  reader.rollback();
  upkeep_until([&] {
    return number_of(pg(),
                     "select count(*) from old_months('{messages}', "
                     "date_trunc('month', now()) - interval '4 months')") == 0;
  });
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from old_months('{messages}', "
                      "date_trunc('month', now()) - interval '4 months')"),
            0);
}

TEST_F(RetentionTest, OldTextsAreBlankedAndCannotBeSentAgain) {
  const std::string refused = [&] {
    HttpClient client = service_.client();
    return client.post(key_, "/api/messages/send", R"({"to":"+254712340004","text":"Private"})")
        .body.substr(7, 40);
  }();
  for (const int months : {0, 1, 2}) make_month(months);
  age(40);
  const std::string aged(sql_of_test(pg(), "select 'msg-' || message_id from messages").text(0, 0));
  send("Young");
  EXPECT_NE(aged, refused);
  upkeep_until([&] { return count("messages where body = ''") == 1; });
  EXPECT_EQ(count("messages where body = ''"), 1);
  EXPECT_EQ(count("messages where body = 'Young'"), 1);
  EXPECT_EQ(service_.reconcile(), 0);
  HttpClient client = service_.client();
  EXPECT_TRUE(contains(client.get(key_, "/api/messages/" + aged).body, R"("text":"")"));
  const HttpAnswer retry = client.post(key_, "/api/messages/" + aged + "/retry", "");
  EXPECT_EQ(retry.status, 409) << retry.body;
  EXPECT_TRUE(contains(retry.body, "no longer kept"));
}

TEST_F(RetentionTest, RowsGoByTheirSettings) {
  sql_of_test(pg(),
              "insert into idempotency_keys (account_id, key_hash, request_hash, created_at) "
              "values (1, 'a', 'a', now() - interval '23 hours'), "
              "(1, 'b', 'b', now() - interval '25 hours')");
  sql_of_test(pg(),
              "insert into audit_log (account_id, at, actor_kind, actor_id, actor, address, "
              "action, subject) select 1, now() - make_interval(days => d), 'operator', 0, "
              "'', '', 'x', '' from unnest('{401,399}'::int[]) d");
  sql_of_test(pg(),
              "insert into sessions (token_hash, account_id, user_id, expires_at, ends_at) "
              "select md5(d::text)::bytea, 1, 1, now(), now() - make_interval(days => d) "
              "from unnest('{6,8}'::int[]) d");
  sql_of_test(pg(),
              "insert into receipt_inbox (account_id, message_id, part, word, environment, "
              "parts, received_at, due_at) select 1, gen_random_uuid(), 1, 'DELIVRD', 0, 2, "
              "now() - make_interval(days => d), null from unnest('{29,31}'::int[]) d");
  const Run run = ctl({"--json", "retention", "run"});
  EXPECT_EQ(run.status, 0) << run.out;
  for (const char* what : {"idempotency_keys", "audit_log", "sessions", "receipts_in_parts"}) {
    const size_t at = run.out.find(std::string(R"("what":")") + what);
    ASSERT_NE(at, std::string::npos) << what;
    EXPECT_TRUE(contains(run.out.substr(at, 140), R"("removed":1})")) << what << run.out;
  }
  EXPECT_EQ(count("idempotency_keys"), 1);
  EXPECT_EQ(count("sessions"), 1);
  EXPECT_EQ(count("receipt_inbox"), 1);
  EXPECT_EQ(count("audit_log where action = 'x'"), 1);
}

}  // namespace retention_test
}  // namespace dundun
