// The primary is lost and its synchronous standby promoted, under load: every send that was
// answered is there once and left once, no program of ours is restarted, and nobody has to say that
// it may go on. DATABASE_URL names both hosts.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/support/disturbance.h"
#include "tests/support/own_postgres.h"
#include "tests/support/text.h"

namespace dundun {
namespace primary_failover_test {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Clients that repeat each send with its key until it has an answer.
class Load {
 public:
  Load(Service& service, std::string key) : service_(service), key_(std::move(key)) {
    for (int c = 0; c < 4; ++c) clients_.emplace_back([this, c] { send_on(c); });
  }
  ~Load() { stop(); }
  void stop() {
    stopping_ = true;
    for (std::thread& client : clients_) {
      if (client.joinable()) client.join();
    }
  }
  size_t accepted() {
    const std::lock_guard lock(mutex_);
    return ids_.size();
  }
  const std::set<std::string>& ids() const { return ids_; }
  int unavailable() const { return unavailable_; }
  int other() const { return other_; }
  double longest_gap_s() const { return longest_gap_.count(); }

 private:
  void send_on(int number) {
    HttpClient client(service_.http_address(), 20);
    for (int i = 0; !stopping_; ++i) {
      const std::string key = std::to_string(number) + "-" + std::to_string(i);
      while (!send(client, key)) std::this_thread::sleep_for(50ms);
      std::this_thread::sleep_for(20ms);
    }
  }
  bool send(HttpClient& client, const std::string& key) {
    const HttpAnswer answer =
        client.post(key_, "/api/messages/send", R"({"to":"+254712345678","text":"Gate 4"})",
                    {{"Idempotency-Key", key}});
    const std::lock_guard lock(mutex_);
    if (answer.status == 200) {
      ids_.insert(member(answer.body, "id"));
      longest_gap_ = std::max(longest_gap_, std::chrono::duration<double>(Clock::now() - last_));
      last_ = Clock::now();
      return true;
    }
    ++(answer.status == 503 || answer.status == 409 ? unavailable_ : other_);
    return false;
  }

  Service& service_;
  const std::string key_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::set<std::string> ids_;
  int unavailable_ = 0, other_ = 0;
  Clock::time_point last_ = Clock::now();
  std::chrono::duration<double> longest_gap_{};
  std::vector<std::thread> clients_;
};

TEST(PrimaryFailoverTest, EveryAcknowledgedSendIsThereOnceAndLeftOnce) {
  const std::string name = database_of(Stack::shared().fresh_database());
  OwnPostgres first("first"), second("second");
  first.copy_from("host=" + Stack::shared().folder() + "/pg user=postgres dbname=postgres");
  first.start();
  second.copy_from(first.conninfo(), {"-R"});
  second.start();
  Pg primary({.url = first.conninfo()});
  sql_of_test(primary, "alter system set synchronous_standby_names = '*'");
  sql_of_test(primary, "select pg_reload_conf()");
  ASSERT_TRUE(wait_until([&] {
    return number_of(primary,
                     "select count(*) from pg_stat_replication where sync_state = 'sync'") == 1;
  }));
  Service service(either_of(first, second, name),
                  {.messages_workers = 2, .environment = {{"WITNESS_DIR", second.folder()}}});
  const int64_t account = seed_account(service.pg(), {.live_micros = 100'000'000'000});
  Process scheduler = service.scheduler(600);
  Load load(service, seed_key(service.pg(), account));
  ASSERT_TRUE(wait_until([&] { return load.accepted() >= 100; }));
  first.kill();
  std::this_thread::sleep_for(full_size() ? 7s : 2s);
  second.promote();
  const size_t before = load.accepted();
  ASSERT_TRUE(wait_until([&] { return load.accepted() >= before + 100; })) << load.accepted();
  load.stop();
  std::printf(
      "primary lost: %zu sends accepted, %d times 503 or 409, %d other, longest gap %.1f s\n",
      load.accepted(), load.unavailable(), load.other(), load.longest_gap_s());
  EXPECT_EQ(load.other(), 0);
  EXPECT_TRUE(wait_until([&] { return undelivered(service, account) == 0; }));
  std::set<std::string> stored;
  const PgRows rows = sql_of_test(service.pg(), "select message_id from messages");
  for (int row = 0; row < rows.size(); ++row) stored.insert(message_id_text(rows.uuid(row, 0)));
  EXPECT_EQ(stored, load.ids());
  EXPECT_EQ(submitted_twice(service), 0);
  EXPECT_EQ(handset_ids(service).size(), stored.size());
  EXPECT_EQ(service.reconcile(), 0);
  EXPECT_TRUE(scheduler.running());
}

// An asynchronous standby that had lost touch: what it lacks may have left, so that nothing goes on
// by itself.
TEST(PrimaryFailoverTest, AStandbyThatLacksSomethingIsHeld) {
  const std::string name = database_of(Stack::shared().fresh_database());
  OwnPostgres first("first"), second("second");
  first.copy_from("host=" + Stack::shared().folder() + "/pg user=postgres dbname=postgres");
  first.start();
  second.copy_from(first.conninfo(), {"-R"});
  second.start();
  Service service(either_of(first, second, name));
  const std::string key = seed_key(service.pg(), seed_account(service.pg()));
  Process scheduler = service.scheduler(600);
  const auto send = [&] {
    return service.client().post(key, "/api/messages/send",
                                 R"({"to":"+254712345678","text":"Gate 4"})");
  };
  ASSERT_TRUE(wait_until([&] { return send().status == 200; }));
  Pg standby({.url = second.conninfo(name)});
  ASSERT_TRUE(wait_until([&] { return number_of(standby, "select count(*) from messages") > 0; }));
  second.stop();
  const Instant parted = now();
  ASSERT_EQ(send().status, 200);
  ASSERT_TRUE(wait_until([&] {  // the scheduler has seen more than the standby knows
    return number_of(service.pg(),
                     "select extract(epoch from seen_at) * 1000000 from"
                     " platform_guard") > unix_micros(parted) + 1'000'000;
  }));
  first.kill();
  second.start();
  second.promote();
  EXPECT_EQ(scheduler.wait(), 0);
  const HttpAnswer refused = send();
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_EQ(refused.headers.at("retry-after"), "60");
  EXPECT_EQ(sql_of_test(service.pg(), "select held_because from platform_guard").text(0, 0),
            "it is behind what was seen of it");
}

}  // namespace primary_failover_test
}  // namespace dundun
