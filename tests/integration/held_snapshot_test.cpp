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

}  // namespace held_snapshot_test
}  // namespace dundun
