// PostgreSQL restored to an earlier moment, with Redis empty: nothing leaves again, nothing is
// accepted, until an operator says so; then no message is with the carrier twice, and the books
// balance. The restore is a real one: a base backup and archived WAL, by PostgreSQL's own tools and
// by pgBackRest with the shipped configuration.
#include <gtest/gtest.h>

#include <filesystem>

#include "common/io/json.h"
#include "tests/support/disturbance.h"
#include "tests/support/own_postgres.h"
#include "tests/support/stand_in_carrier.h"
#include "tests/support/text.h"

namespace dundun {
namespace restore_test {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class RestoreTest : public testing::Test {
 protected:
  static constexpr int kDue = 40;

  void start(const std::map<std::string, std::string>& settings) {
    const std::string database = Stack::shared().fresh_database();
    name_ = database_of(database);
    server_.copy_from(as_database("postgres"));
    server_.configure(settings);
    server_.start();
    carrier_ = std::make_unique<StandInCarrier>("first");
    const std::string folder = server_.folder() + "/carriers";
    Pg before({.url = server_.conninfo(name_)});
    carrier_->set_up(before, folder);
    sql_of_test(before,
                "insert into route_carriers (route_id, carrier, priority) select route_id, 'first',"
                " 1 from routes where code = 'ESMS_KE'");
    witness_ = server_.folder() + "/witness";
    fs::create_directories(witness_);
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", folder},
                           {"WITNESS_DIR", witness_},
                           {"SUBMIT_DOUBT_S", "3"},
                           {"SUBMIT_LEASE_MS", "2000"}};
    service_ = std::make_unique<Service>(server_.conninfo(name_), options);
    account_ = seed_account(pg(), {.live_micros = 100'000'000'000});
    key_ = seed_key(pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  static std::string as_database(const std::string& name) {
    return "host=" + Stack::shared().folder() + "/pg user=postgres dbname=" + name;
  }
  void TearDown() override {
    scheduler_.kill_now();
    service_.reset();
  }

  Pg& pg() { return service_->pg(); }
  int64_t count(const std::string& where) {
    return number_of(pg(), "select count(*) from messages where " + where);
  }
  HttpAnswer send(int number) {
    const std::string to = "+2547120" + std::to_string(10'000 + number);
    return service_->client().post(key_, "/api/messages/send",
                                   R"({"to":")" + to + R"(","text":"Gate 4"})");
  }
  void schedule_some() {
    const std::string body =
        R"({"to":"+254712345678","text":"x","schedule_mode":"scheduled","scheduled_at":")" +
        format_z(now() + 6min) + R"("})";
    for (int i = 0; i < kDue; ++i) {
      ASSERT_EQ(service_->client().post(key_, "/api/messages/send", body).status, 200);
    }
    sql_of_test(pg(), "update dispatch set due_at = now() + interval '2 seconds'");
    flush_redis();
  }
  void start_campaign() {
    std::string body = R"({"text":"News","schedule_mode":"drip","drip_rate":600,"recipients":[)";
    for (int i = 0; i < 100; ++i) {
      body += (i > 0 ? "," : "") + std::string(R"({"to":"+2547331)") + std::to_string(10'000 + i) +
              "\"}";
    }
    const HttpAnswer sent = service_->client().post(key_, "/api/messages/send-bulk", body + "]}");
    ASSERT_EQ(sent.status, 200) << sent.body;
  }
  // What is there at the moment to which the database goes back; then the time that is lost.
  std::string live_on() {
    schedule_some();
    start_campaign();
    const std::string moment(sql_of_test(pg(), "select clock_timestamp()::text").text(0, 0));
    EXPECT_TRUE(wait_until([&] { return carrier_->count() >= kDue + 10; })) << carrier_->count();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(send(i).status, 200);
    const std::string last(sql_of_test(pg(), "select pg_walfile_name(pg_switch_wal())").text(0, 0));
    EXPECT_TRUE(wait_until([&] {
      return number_of(pg(), "select count(*) from pg_stat_archiver where last_archived_wal >= '" +
                                 last + "'") == 1;
    }));
    return moment;
  }
  void expect_held() {
    ASSERT_TRUE(wait_until([&] {
      auto rows = pg().run(kHeld, {});
      return rows && rows->i64(0, 0) == 1;
    }));
    EXPECT_EQ(scheduler_.wait(), 0) << "it ends at what it did not expect";
    scheduler_ = service_->scheduler(600);  // as systemd does
    const int64_t sent = carrier_->count();
    ended_ = count("status in (3, 6)");
    const HttpAnswer refused = send(500);
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.headers.at("retry-after"), "60");
    EXPECT_EQ(service_->client().get(key_, "/api/messages?limit=1").status, 200);
    std::this_thread::sleep_for(5s);  // two leases and every sweep
    EXPECT_EQ(carrier_->count(), sent) << "nothing leaves";
    EXPECT_EQ(count("status in (3, 6)"), ended_) << "nor is taken for sent";
    const std::string check = service_->folder() + "/check";
    EXPECT_EQ(run_command({"sh", "-c", Stack::shared().binary("dundunctl") + " check >" + check},
                          service_->environment()),
              2);
    EXPECT_TRUE(contains(read_file(check), "dundunctl resume")) << read_file(check);
  }
  JsonDocument resume() {
    const std::string out = service_->folder() + "/resume.json";
    const std::string command = Stack::shared().binary("dundunctl") + " --json resume >" + out;
    EXPECT_EQ(run_command({"sh", "-c", command}, service_->environment()), 0);
    auto document = JsonDocument::parse(read_file(out));
    EXPECT_TRUE(document.has_value()) << read_file(out);
    return *std::move(document);
  }
  void expect_each_once() {
    EXPECT_TRUE(wait_until([&] { return count("status not in (3, 6)") == 0; }))
        << count("status not in (3, 6)");
    EXPECT_GE(count("status = 6"), kDue);
    EXPECT_EQ(count("status = 6 and not (error_code = 'SUBMIT_UNKNOWN' and refunded)"), 0);
    ended_ = count("status = 3");
    for (int i = 100; i < 110; ++i) EXPECT_EQ(send(i).status, 200);
    EXPECT_TRUE(wait_until([&] { return count("status = 3") == ended_ + 10; }));
    for (const auto& [message, times] : carrier_->sent()) EXPECT_EQ(times, 1) << message;
    EXPECT_EQ(number_of(pg(), "select count(*) from batches where status = 4"), 1);
    EXPECT_EQ(service_->reconcile(), 0);
  }

  static const Statement kHeld;
  OwnPostgres server_{"restored"};
  std::string name_, witness_, key_;
  std::unique_ptr<StandInCarrier> carrier_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  int64_t account_ = 0, ended_ = 0;
};

const Statement RestoreTest::kHeld{"test_held",
                                   "select count(held_at) from platform_guard"
                                   " where not pg_is_in_recovery()",
                                   0};

TEST_F(RestoreTest, ToAMomentByABaseBackupAndTheArchive) {
  const std::string archive = server_.folder() + "/archive", backup = server_.folder() + "/backup";
  ASSERT_EQ(server_.run({"mkdir", archive}), 0);
  start({{"archive_mode", "on"}, {"archive_command", "cp %p " + archive + "/%f"}});
  ASSERT_EQ(server_.run({"pg_basebackup", "-d", server_.conninfo(), "-D", backup, "-c", "fast"}),
            0);
  const std::string moment = live_on();
  server_.kill();
  flush_redis();
  ASSERT_EQ(server_.run({"rm", "-r", server_.data()}), 0);
  ASSERT_EQ(server_.run({"cp", "-a", backup, server_.data()}), 0);
  server_.configure({{"restore_command", "cp " + archive + "/%f %p"},
                     {"recovery_target_time", moment},
                     {"recovery_target_action", "promote"}},
                    "recovery");
  server_.start();
  expect_held();
  const JsonDocument said = resume();
  EXPECT_EQ(said.root().find("messages_in_doubt")->integer(), kDue);
  EXPECT_EQ(said.root().find("campaigns_paused")->integer(), 1);
  expect_each_once();
}

// The shipped configuration; where its folders are is the test's.
TEST_F(RestoreTest, ToAMomentByPgBackRest) {
  const std::string folder = server_.folder();
  const std::string backrest =
      "pgbackrest --config=" + Stack::shared().root() +
      "/deploy/pgbackrest/pgbackrest.conf --stanza=dundun --repo1-path=" + folder +
      "/repo --pg1-path=" + server_.data() + " --log-path=" + folder + " --lock-path=" + folder +
      "/lock ";
  const std::string reach = "--pg1-user=postgres --pg1-socket-path=" + folder + " ";
  start({{"archive_mode", "on"}, {"archive_command", backrest + "archive-push %p"}});
  ASSERT_EQ(server_.run({"sh", "-c", backrest + reach + "stanza-create"}), 0)
      << read_file(folder + "/log");
  ASSERT_EQ(server_.run({"sh", "-c", backrest + reach + "--type=full backup"}), 0)
      << read_file(folder + "/log");
  // Its clock has whole seconds: a backup of the moment's own second is none of before it.
  std::this_thread::sleep_for(2s);
  const std::string moment = live_on();
  server_.kill();
  flush_redis();
  ASSERT_EQ(server_.run({"sh", "-c",
                         backrest + "--delta --type=time --target='" + moment +
                             "' --target-action=promote restore"}),
            0)
      << read_file(folder + "/log");
  server_.start();
  expect_held();
  EXPECT_EQ(resume().root().find("messages_in_doubt")->integer(), kDue);
  expect_each_once();
}

// A disk's snapshot put back: the same server, on the same timeline. The file beside the scheduler
// knows better, though Redis was lost.
TEST_F(RestoreTest, ASnapshotOfTheDiskPutBack) {
  start({});
  ASSERT_TRUE(wait_until([&] { return !fs::is_empty(witness_); }));
  server_.stop();
  ASSERT_EQ(server_.run({"cp", "-a", server_.data(), server_.folder() + "/snapshot"}), 0);
  server_.start();
  schedule_some();
  EXPECT_TRUE(wait_until([&] { return carrier_->count() >= kDue; })) << carrier_->count();
  server_.kill();
  flush_redis();
  ASSERT_EQ(server_.run({"rm", "-r", server_.data()}), 0);
  ASSERT_EQ(server_.run({"mv", server_.folder() + "/snapshot", server_.data()}), 0);
  server_.start();
  expect_held();
  EXPECT_EQ(resume().root().find("messages_in_doubt")->integer(), 0);
  EXPECT_EQ(send(1).status, 200);
  EXPECT_EQ(service_->reconcile(), 0);
}

}  // namespace restore_test
}  // namespace dundun
