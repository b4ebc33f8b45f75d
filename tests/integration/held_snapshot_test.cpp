// What was worked off is not read again, though an old snapshot keeps it in the queues' indexes.
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace held_snapshot_test {

using std::chrono::seconds;

constexpr const char* kGone = "20000";

TEST(HeldSnapshotTest, TheSchedulersLooksReadWhatIsRecentAlone) {
  const std::string database = Stack::shared().fresh_database();
  Service service(database);
  Pg& pg = service.pg();
  Pg holder({.url = database});
  sql_of_test(holder, "begin isolation level repeatable read");
  sql_of_test(holder, "select 1 from accounts");
  const std::string rows = std::string(" from generate_series(1, ") + kGone + ") as i";
  const std::string hour_ago = "now() - interval '1 hour'";
  for (const std::string& made :
       {"dispatch (account_id, message_id, due_at) select 1, gen_random_uuid(), " + hour_ago,
        "claims (token, lease_until, account_ids, message_ids, attempts) select "
        "gen_random_uuid(), " +
            hour_ago + ", '{}', '{}', '{}'",
        "event_outbox (outbox_id, events) select (substr(uuid7_floor(" + hour_ago +
            ")::text, 1, "
            "19) || '8000-' || lpad(to_hex(i), 12, '0'))::uuid, ''",
        "receipt_inbox (account_id, environment, message_id, part, parts, word, error, due_at) "
        "select 1, 0, gen_random_uuid(), 1, 2, 'DELIVRD', '', " +
            hour_ago,
        "loopback_receipts (due_at, account_ids, environments, message_ids, words) select " +
            hour_ago + ", '{}', '{}', '{}', '{}'"}) {
    sql_of_test(pg, "insert into " + made + rows);
  }
  const char* const tables[] = {"dispatch", "claims", "event_outbox", "receipt_inbox",
                                "loopback_receipts"};
  for (const char* table : tables) sql_of_test(pg, std::string("delete from ") + table);
  const auto entries_read = [&](const char* table) {
    return number_of(pg, std::string("select sum(idx_tup_read)::bigint from pg_stat_user_indexes "
                                     "where relname = '") +
                             table + "'");
  };
  Process scheduler = service.scheduler(60);
  std::this_thread::sleep_for(seconds(4));  // the first look is a whole one
  std::map<std::string, int64_t> before;
  for (const char* table : tables) {
    before[table] = entries_read(table);
    EXPECT_GE(before[table], 20'000) << table << " was not looked at";
  }
  std::this_thread::sleep_for(seconds(5));
  for (const char* table : tables) {
    EXPECT_LT(entries_read(table) - before[table], 20'000) << table;
  }
}

// A wallet and its account's count of the day change with each commit, and keep every version.
TEST(HeldSnapshotTest, ASendDoesNotPassTheVersionsOfItsWallet) {
  const std::string database = Stack::shared().fresh_database();
  Service service(database);
  Pg& pg = service.pg();
  SeedOptions rich;
  rich.live_micros = 10'000'000'000;
  const std::string key = seed_key(pg, seed_account(pg, rich));
  HttpClient client = service.client();
  Pg holder({.url = database});
  sql_of_test(holder, "begin isolation level repeatable read");
  sql_of_test(holder, "select 1 from accounts");
  const auto entries_read = [&](const char* table) {
    sql_of_test(pg, "select pg_stat_clear_snapshot()");
    return number_of(pg, std::string("select sum(idx_tup_read)::bigint from pg_stat_user_indexes "
                                     "where relname = '") +
                             table + "'");
  };
  const auto send = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const HttpAnswer answer =
          client.post(key, "/api/messages/send", R"({"to":"+254712345678","text":"Gate 4"})");
      ASSERT_EQ(answer.status, 200) << answer.body;
    }
    std::this_thread::sleep_for(seconds(2));  // a connection tells its counts once a second
  };
  send(1500);
  const int64_t wallets = entries_read("wallets"), days = entries_read("message_daily");
  send(100);
  // Two commits a send, of which each looks at the wallet and at the day once or twice.
  EXPECT_LT(entries_read("wallets") - wallets, 1000);
  EXPECT_LT(entries_read("message_daily") - days, 6'000) << "those of 500 commits at most";
}

}  // namespace held_snapshot_test
}  // namespace dundun
