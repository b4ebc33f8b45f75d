// What one request waits for stops no other.
#include <gtest/gtest.h>

#include "common/io/pg.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"
#include "tests/support/text.h"

namespace dundun {
namespace serve_threads_test {

constexpr const char* kWaiting =
    "select count(*) from pg_locks join pg_database d on d.oid = database "
    "where not granted and datname = current_database()";

TEST(ServeThreadsTest, AReadThatWaitsForPostgresqlLetsOthersRun) {
  Service service(
      Stack::shared().fresh_database(),
      {.environment = {
           {"RUNNING_THREADS", "1"}, {"WORKER_THREADS", "3"}, {"STATEMENT_TIMEOUT_MS", "20000"}}});
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  HttpClient client = service.client();
  const std::string send = R"({"to":"+254712345678","text":"Hi"})";
  const std::string id = member(client.post(key, "/api/messages/send", send).body, "id");

  Pg holder({.url = service.database()});
  sql_of_test(holder, "begin");
  sql_of_test(holder, "lock table message_events in access exclusive mode");
  HttpClient one = service.client();
  HttpClient two = service.client();
  ASSERT_TRUE(one.start_get(key, "/api/messages/" + id));
  ASSERT_TRUE(two.start_get(key, "/api/messages/" + id));
  ASSERT_TRUE(wait_until([&] { return number_of(service.pg(), kWaiting) == 2; }));
  EXPECT_EQ(client.post(key, "/api/messages/send", send).status, 200);
  EXPECT_EQ(number_of(service.pg(), kWaiting), 2) << "both still wait";
  sql_of_test(holder, "rollback");
  EXPECT_EQ(one.read_answer().status, 200);
  EXPECT_EQ(two.read_answer().status, 200);
}

}  // namespace serve_threads_test
}  // namespace dundun
