// DATABASE_URL_READ: a real streaming standby answers reads that may be a little old; where it
// lags, is gone, or is another database's, the primary does, and nobody sees an error.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/own_postgres.h"
#include "tests/support/seed.h"
#include "tests/support/text.h"

namespace dundun {
namespace replica_test {

class ReplicaTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    name_ = database_of(Stack::shared().fresh_database());
    primary_ = std::make_unique<OwnPostgres>("primary");
    standby_ = std::make_unique<OwnPostgres>("standby");
    primary_->copy_from("host=" + Stack::shared().folder() + "/pg user=postgres dbname=postgres");
    primary_->start();
    standby_->copy_from(primary_->conninfo(), {"-R"});
    standby_->configure({{"hot_standby_feedback", "on"}});
    standby_->start();
  }
  static void TearDownTestSuite() {
    standby_.reset();
    primary_.reset();
  }
  void start(const std::string& read_url) {
    Service::Options options;
    options.environment = {{"DATABASE_URL_READ", as_role(read_url, "dundun_app")},
                           {"REPLICA_LAG_MAX_MS", "1500"}};
    service_ = std::make_unique<Service>(primary_->conninfo(name_), options);
    account_ = seed_account(service_->pg());
    key_ = seed_key(service_->pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  void TearDown() override {
    scheduler_.kill_now();
    service_.reset();
  }
  void send(int count) {
    for (int i = 0; i < count; ++i) {
      const HttpAnswer sent = service_->client().post(key_, "/api/messages/send",
                                                      R"({"to":"+254712345678","text":"Gate 4"})");
      ASSERT_EQ(sent.status, 200) << sent.body;
    }
  }
  std::string sent_today() {
    const HttpAnswer stats = service_->client().get(key_, "/api/messages/stats");
    EXPECT_EQ(stats.status, 200) << stats.body;
    return member(stats.body, "sent_today");
  }
  int64_t exported() {
    const HttpAnswer file = service_->client().get(key_, "/api/messages/export");
    EXPECT_EQ(file.status, 200) << file.body;
    EXPECT_TRUE(file.complete);
    return std::ranges::count(file.body, '\n') - 1;  // without the names of the columns
  }
  // The line of `dundunctl check` about it.
  std::string checked() const {
    const std::string out = service_->folder() + "/check";
    run_command({"sh", "-c", Stack::shared().binary("dundunctl") + " check >" + out},
                service_->environment());
    const std::string text = read_file(out);
    const size_t at = text.find("replica: ");
    return at == std::string::npos ? text : text.substr(at - 5, text.find('\n', at) - at + 5);
  }
  // What the standby itself says of the product's reads there.
  static int64_t reads_at_standby() {
    Pg pg({.url = standby_->conninfo(name_)});
    return number_of(pg,
                     "select count(*) from pg_stat_activity where application_name = 'dundun reads'"
                     " and query like '%message_daily%'");
  }

  static inline std::unique_ptr<OwnPostgres> primary_, standby_;
  static inline std::string name_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  std::string key_;
  int64_t account_ = 0;
};

TEST_F(ReplicaTest, IsReadWhileItFollowsAndThePrimaryElse) {
  start(standby_->conninfo(name_));
  send(3);
  ASSERT_TRUE(wait_until([&] { return sent_today() == "3" && reads_at_standby() > 0; }));
  ASSERT_TRUE(wait_until([&] { return exported() == 3; }));
  EXPECT_TRUE(wait_until([&] { return checked().starts_with("ok   replica: "); })) << checked();
  Pg standby({.url = standby_->conninfo(name_)});
  sql_of_test(standby, "select pg_wal_replay_pause()::text");
  send(2);
  EXPECT_TRUE(wait_until([&] { return sent_today() == "5"; })) << "it lags: the primary knows";
  EXPECT_EQ(exported(), 5);
  EXPECT_EQ(number_of(standby, "select count(*) from messages"), 3);
  EXPECT_TRUE(contains(checked(), "lags by more than")) << checked();
  sql_of_test(standby, "select pg_wal_replay_resume()::text");
  ASSERT_TRUE(wait_until([&] { return number_of(standby, "select count(*) from messages") == 5; }));
  const int64_t before = number_of(standby,
                                   "select xact_commit from pg_stat_database where datname ="
                                   " current_database()");
  EXPECT_TRUE(wait_until([&] {
    (void)sent_today();
    return number_of(standby,
                     "select xact_commit from pg_stat_database where datname ="
                     " current_database()") > before + 20;
  })) << "and is read again";
}

TEST_F(ReplicaTest, MayDieAndComeBack) {
  start(standby_->conninfo(name_));
  send(4);
  ASSERT_TRUE(wait_until([&] { return sent_today() == "4" && reads_at_standby() > 0; }));
  standby_->kill();
  for (int i = 0; i < 30; ++i) EXPECT_EQ(sent_today(), "4");
  EXPECT_TRUE(contains(checked(), "out of reach")) << checked();
  EXPECT_EQ(exported(), 4);
  send(1);
  EXPECT_EQ(sent_today(), "5") << "by the primary at once";
  standby_->start();
  EXPECT_TRUE(wait_until([&] { return sent_today() == "5" && reads_at_standby() > 0; }));
}

TEST_F(ReplicaTest, ADownloadGoesOnAtThePrimaryWhenItDies) {
  constexpr int kRows = 60'000;  // more than the buffers on the way hold
  start(standby_->conninfo(name_));
  sql_of_test(service_->pg(),
              "insert into messages (account_id, environment, message_id, status, segments,"
              " encoding, cost_micros, route_cost_micros, cost_currency, route_currency, route,"
              " country, phone, sender, body) select " +
                  std::to_string(account_) +
                  ", 0, (substr(uuid7_floor(now() - interval '1 hour')::text, 1, 19) || '8000-' ||"
                  " lpad(to_hex(i), 12, '0'))::uuid, 5, 1, 1, 1, 1, 'KES', 'KES', 'ESMS_KE', 'KE',"
                  " '+254712345678', 'Kijani', repeat('x', 900) from generate_series(1, " +
                  std::to_string(kRows) + ") as i");
  Pg standby({.url = standby_->conninfo(name_)});
  ASSERT_TRUE(wait_until([&] {
    (void)sent_today();
    return reads_at_standby() > 0 && number_of(standby, "select count(*) from messages") >= kRows;
  }));
  HttpClient reader = service_->client();
  ASSERT_TRUE(reader.start_get(key_, "/api/messages/export"));
  ASSERT_TRUE(wait_until([&] {
    return number_of(standby,
                     "select count(*) from pg_stat_activity where state = 'idle' and query like"
                     " '%order by message_id desc%' and usename = 'dundun_app'") == 1;
  })) << "it waits between two pages of the standby";
  standby_->kill();
  const HttpAnswer file = reader.raw("");
  EXPECT_TRUE(file.complete);
  EXPECT_EQ(std::ranges::count(file.body, '\n'), kRows + 1);
  standby_->start();
}

TEST_F(ReplicaTest, OfAnotherDatabaseIsNotRead) {
  start(standby_->conninfo("migrated"));
  send(2);
  EXPECT_TRUE(contains(checked(), "another database's standby")) << checked();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sent_today(), "2");
  EXPECT_EQ(exported(), 2);
  scheduler_.kill_now();
  service_.reset();
  start(Stack::shared().fresh_database());  // no standby
  send(2);
  EXPECT_TRUE(contains(checked(), "names no standby")) << checked();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sent_today(), "2");
}

}  // namespace replica_test
}  // namespace dundun
