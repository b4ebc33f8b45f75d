#include "common/io/pg.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/support/stack.h"

namespace dundun {
namespace pg_test {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr Statement kOne{"one", "select 1::int8", 0};
constexpr Statement kOwnPid{"own_pid", "select pg_backend_pid()", 0};
constexpr Statement kSleep{"sleep", "select pg_sleep($1::int4)::text", 1};
constexpr Statement kCreate{"create", "create table things (id int8 primary key)", 0};
constexpr Statement kInsert{"insert", "insert into things values ($1::int8)", 1};
constexpr Statement kCount{"count", "select count(*) from things", 0};
constexpr Statement kEndBackend{"end_backend", "select pg_terminate_backend($1::int4, 5000)", 1};

class PgTest : public testing::Test {
 protected:
  Pg open(std::chrono::milliseconds statement_timeout = 5000ms) {
    Pg::Options options;
    options.url = url_;
    options.statement_timeout = statement_timeout;
    return Pg(options);
  }

  int64_t number(const Statement& statement) {
    auto rows = pg_.run(statement, {});
    EXPECT_TRUE(rows) << rows.error().detail;
    return rows ? rows->i64(0, 0) : -1;
  }

  // Ends the server process behind `victim`'s link.
  void end_backend_of(Pg& victim) {
    auto pid = victim.run(kOwnPid, {});
    ASSERT_TRUE(pid);
    ASSERT_TRUE(pg_.run(kEndBackend, {pid->i32(0, 0)}));
  }

  std::string url_ = Stack::shared().fresh_database();
  Pg pg_ = open();
};

TEST_F(PgTest, ValuesComeBackAsTheyWent) {
  constexpr Statement kEcho{"echo",
                            "select $1::int2, $2::int4, $3::int8, $4::bool, $5::text, $6::bytea,"
                            " $7::uuid, $8::timestamptz, date '1999-12-31', $9::text::jsonb,"
                            " array['a', '', null, 'b']::text[], '{}'::text[]",
                            9};
  Uuid id;
  id.bytes = {1, 2, 3, 255};
  const Instant at = Instant(1'777'723'205'123'456us);
  const std::string bytes("\0\xff'\\", 4);
  auto rows = pg_.run(kEcho, {int16_t{-5}, 70'000, int64_t{1} << 40, true, "h\xC3\xA9",
                              PgParam::bytea(bytes), id, at, R"({"a": 1})"});
  ASSERT_TRUE(rows) << rows.error().detail;
  EXPECT_EQ(rows->size(), 1);
  EXPECT_EQ(rows->i16(0, 0), -5);
  EXPECT_EQ(rows->i64(0, 0), -5);
  EXPECT_EQ(rows->i32(0, 1), 70'000);
  EXPECT_EQ(rows->i64(0, 2), int64_t{1} << 40);
  EXPECT_TRUE(rows->boolean(0, 3));
  EXPECT_EQ(rows->text(0, 4), "h\xC3\xA9");
  EXPECT_EQ(rows->text(0, 5), bytes);
  EXPECT_EQ(rows->uuid(0, 6), id);
  EXPECT_EQ(rows->instant(0, 7), at);
  EXPECT_EQ(rows->date(0, 8), "1999-12-31");
  EXPECT_EQ(rows->text(0, 9), R"({"a": 1})");
  EXPECT_EQ(rows->text_array(0, 10), (std::vector<std::string>{"a", "", "", "b"}));
  EXPECT_TRUE(rows->text_array(0, 11).empty());
}

TEST_F(PgTest, NullsAreToldApart) {
  constexpr Statement kNulls{"nulls", "select $1::text, $2::int8, $3::timestamptz, $4::text", 4};
  auto rows = pg_.run(kNulls, {nullptr, std::optional<int64_t>(), std::optional<Instant>(), ""});
  ASSERT_TRUE(rows) << rows.error().detail;
  EXPECT_TRUE(rows->is_null(0, 0));
  EXPECT_EQ(rows->maybe_text(0, 0), std::nullopt);
  EXPECT_EQ(rows->i64(0, 1), 0);
  EXPECT_EQ(rows->maybe_instant(0, 2), std::nullopt);
  EXPECT_EQ(rows->maybe_text(0, 3), "");
}

TEST_F(PgTest, ArraysUnnest) {
  constexpr Statement kUnnest{
      "unnest",
      "select * from unnest($1::int2[], $2::int4[], $3::int8[], $4::bool[], $5::text[],"
      " $6::bytea[], $7::uuid[], $8::timestamptz[], $9::date[])",
      9};
  using Type = PgArray::Type;
  PgArray int2(Type::kInt2), int4(Type::kInt4), int8(Type::kInt8), flag(Type::kBool);
  PgArray text(Type::kText), bytea(Type::kBytea), uuid(Type::kUuid);
  PgArray moment(Type::kTimestamptz), day(Type::kDate);
  const Instant at = Instant(1'777'723'205'123'456us);
  int2.add(int16_t{7});
  int4.add(8);
  int8.add(int64_t{9});
  flag.add(true);
  text.add("x");
  bytea.add(std::string_view("\0y", 2));
  uuid.add(Uuid{});
  moment.add(at);
  day.add_date(at);
  for (PgArray* array : {&int2, &int4, &int8, &flag, &text, &bytea, &uuid, &moment, &day}) {
    array->add_null();
  }
  auto rows =
      pg_.run(kUnnest, {int2.finish(), int4.finish(), int8.finish(), flag.finish(), text.finish(),
                        bytea.finish(), uuid.finish(), moment.finish(), day.finish()});
  ASSERT_TRUE(rows) << rows.error().detail;
  ASSERT_EQ(rows->size(), 2);
  EXPECT_EQ(rows->i64(0, 0) + rows->i64(0, 1) + rows->i64(0, 2), 24);
  EXPECT_EQ(rows->text(0, 5), std::string_view("\0y", 2));
  EXPECT_EQ(rows->instant(0, 7), at);
  EXPECT_EQ(rows->date(0, 8), "2026-05-02");
  for (int column = 0; column < 9; ++column) EXPECT_TRUE(rows->is_null(1, column)) << column;
}

TEST_F(PgTest, APipelineCommitsAndCounts) {
  ASSERT_TRUE(pg_.run(kCreate, {}));
  const std::vector<Pg::Call> calls = {{&kPgBegin, {}},
                                       {&kInsert, {int64_t{1}}},
                                       {&kInsert, {int64_t{2}}},
                                       {&kCount, {}},
                                       {&kPgCommit, {}}};
  auto answers = pg_.run_pipeline(calls);
  ASSERT_TRUE(answers) << answers.error().detail;
  ASSERT_EQ(answers->size(), calls.size());
  EXPECT_EQ((*answers)[1].affected(), 1);
  EXPECT_EQ((*answers)[3].i64(0, 0), 2);
  EXPECT_EQ(number(kCount), 2);
  EXPECT_EQ(pg_.last_failure(), PgFailure::kNone);
}

TEST_F(PgTest, AFailingStatementUndoesTheTransaction) {
  ASSERT_TRUE(pg_.run(kCreate, {}));
  const std::vector<Pg::Call> first = {{&kPgBegin, {}}, {&kInsert, {int64_t{1}}}};
  ASSERT_TRUE(pg_.run_pipeline(first));
  const std::vector<Pg::Call> second = {{&kInsert, {int64_t{1}}}, {&kCount, {}}, {&kPgCommit, {}}};
  auto answers = pg_.run_pipeline(second);
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kInternal);
  EXPECT_TRUE(answers.error().detail.starts_with("23505 insert: ")) << answers.error().detail;
  EXPECT_EQ(pg_.last_failure(), PgFailure::kStatement);
  EXPECT_TRUE(pg_.connected());
  EXPECT_EQ(number(kCount), 0);
}

TEST_F(PgTest, RollbackUndoesAnOpenTransaction) {
  ASSERT_TRUE(pg_.run(kCreate, {}));
  const std::vector<Pg::Call> calls = {{&kPgBegin, {}}, {&kInsert, {int64_t{1}}}};
  ASSERT_TRUE(pg_.run_pipeline(calls));
  pg_.rollback();
  pg_.rollback();
  EXPECT_EQ(number(kCount), 0);
}

TEST_F(PgTest, AStatementThatDoesNotParseHarmsNothingElse) {
  constexpr Statement kBroken{"broken", "select nonsense", 0};
  auto rows = pg_.run(kBroken, {});
  ASSERT_FALSE(rows);
  EXPECT_TRUE(rows.error().detail.starts_with("42703 broken: ")) << rows.error().detail;
  EXPECT_EQ(number(kOne), 1);
  EXPECT_FALSE(pg_.run(kBroken, {}));
}

TEST_F(PgTest, ErrorsCarryNoValues) {
  constexpr Statement kCast{"cast", "select $1::text::int4", 1};
  auto rows = pg_.run(kCast, {"hidden"});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().detail, "22P02 cast: invalid input syntax for type integer");
}

TEST_F(PgTest, ABigPipelineFlowsBothWays) {
  constexpr Statement kBig{"big", "select $1::text", 1};
  const std::string megabyte(1 << 20, 'x');
  std::vector<Pg::Call> calls;
  for (int i = 0; i < 48; ++i) calls.push_back({&kBig, {megabyte}});
  for (int i = 0; i < 5000; ++i) calls.push_back({&kOne, {}});
  Pg pg(patient(url_));  // how fast it flows is the machine's
  auto answers = pg.run_pipeline(calls);
  ASSERT_TRUE(answers) << answers.error().detail;
  ASSERT_EQ(answers->size(), calls.size());
  EXPECT_EQ((*answers)[47].text(0, 0).size(), megabyte.size());
  EXPECT_EQ(answers->back().i64(0, 0), 1);
}

TEST_F(PgTest, ASlowStatementTimesOutAndKeepsTheLink) {
  Pg quick = open(100ms);
  auto rows = quick.run(kSleep, {5});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(quick.last_failure(), PgFailure::kStatement);
  EXPECT_TRUE(quick.connected());
  EXPECT_TRUE(quick.run(kOne, {}));
}

TEST_F(PgTest, ASilentServerIsGivenUp) {
  Pg quick = open(100ms);
  auto pid = quick.run(kOwnPid, {});
  ASSERT_TRUE(pid);
  const pid_t backend = pid->i32(0, 0);
  if (kill(backend, SIGSTOP) != 0) GTEST_SKIP() << "the server belongs to another user";
  const auto start = SteadyClock::now();
  auto rows = quick.run(kOne, {});
  const auto took = SteadyClock::now() - start;
  kill(backend, SIGCONT);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(quick.last_failure(), PgFailure::kLink);
  EXPECT_FALSE(quick.connected());
  EXPECT_GE(took, 590ms);
  EXPECT_LT(took, 20s) << "it hung";
  EXPECT_TRUE(quick.run(kOne, {}));
}

TEST_F(PgTest, AnIdleLinkThatDiedIsReplacedUnnoticed) {
  Pg victim = open();
  ASSERT_NO_FATAL_FAILURE(end_backend_of(victim));
  std::this_thread::sleep_for(120ms);  // past the pause between two connects
  auto rows = victim.run(kOne, {});
  EXPECT_TRUE(rows) << rows.error().detail;
}

TEST_F(PgTest, ALinkThatDiesInATransactionIsReported) {
  Pg victim = open();
  ASSERT_TRUE(victim.run(kPgBegin, {}));
  ASSERT_NO_FATAL_FAILURE(end_backend_of(victim));
  auto rows = victim.run(kPgCommit, {});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(victim.last_failure(), PgFailure::kLink);
  std::this_thread::sleep_for(120ms);
  EXPECT_TRUE(victim.run(kOne, {}));
}

TEST_F(PgTest, AMigrationUnderAPreparedStatementIsSurvived) {
  constexpr Statement kAll{"all", "select * from things", 0};
  constexpr Statement kAlter{"alter", "alter table things add column note text", 0};
  ASSERT_TRUE(pg_.run(kCreate, {}));
  Pg reader = open();
  ASSERT_TRUE(reader.run(kAll, {}));
  ASSERT_TRUE(pg_.run(kAlter, {}));
  auto rows = reader.run(kAll, {});
  EXPECT_TRUE(rows) << rows.error().detail;
}

TEST_F(PgTest, AnUnreachableServerFailsFast) {
  Pg::Options options;
  options.url = "host=/nonexistent dbname=x";
  Pg pg(options);
  for (int i = 0; i < 3; ++i) {
    auto rows = pg.run(kOne, {});
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(pg.last_failure(), PgFailure::kLink);
  }
}

TEST_F(PgTest, TheSecondHostAnswersForTheFirst) {
  // A host repeated in a conninfo wins over the one before it.
  auto host =
      pg_.run(Statement{"sockets", "select current_setting('unix_socket_directories')", 0}, {});
  auto name = pg_.run(Statement{"name", "select current_database()::text", 0}, {});
  auto user = pg_.run(Statement{"user", "select current_user::text", 0}, {});
  ASSERT_TRUE(host && name && user);
  Pg::Options options;
  options.url = "host=/nonexistent," + std::string(host->text(0, 0)) +
                " dbname=" + std::string(name->text(0, 0)) +
                " user=" + std::string(user->text(0, 0));
  Pg pg(options);
  auto rows = pg.run(kOne, {});
  EXPECT_TRUE(rows) << rows.error().detail;
}

TEST_F(PgTest, APoolLendsWhatItHas) {
  Pg::Options options;
  options.url = url_;
  PgPool pool(options, 1, 50ms);
  ASSERT_TRUE(pool.run(kCreate, {}));
  {
    auto lease = pool.lease();
    ASSERT_TRUE(lease);
    ASSERT_TRUE((*lease)->run(kPgBegin, {}));
    ASSERT_TRUE((*lease)->run(kInsert, {int64_t{1}}));
    auto second = pool.lease();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  }
  auto rows = pool.run(kCount, {});  // the transaction left open is gone
  ASSERT_TRUE(rows) << rows.error().detail;
  EXPECT_EQ(rows->i64(0, 0), 0);
}

// A plan that was made while the month was empty reads a whole account for one message.
TEST_F(PgTest, PlansOfEmptyTablesDoNotStay) {
  constexpr Statement kFind{"find",
                            "select segments from messages where account_id = $1::int8"
                            " and message_id = uuid7_floor(now())",
                            1};
  constexpr Statement kFill{
      "fill",
      "insert into messages (account_id, message_id, environment, status, segments, encoding,"
      " cost_micros, route_cost_micros, cost_currency, route_currency, route, country, phone,"
      " sender, body) select 7, uuid7_floor(now() + make_interval(secs => i / 1e3)), 0, 2, 1, 1, 1,"
      " 1, 'KES', 'KES', 'ESMS_KE', 'KE', '+254712345678', 'Dundun', 'x'"
      " from generate_series(1, 5000) i",
      0};
  constexpr Statement kScans{"scans",
                             "select sum(idx_scan)::int8 from pg_stat_user_indexes"
                             " where indexrelname like 'messages_%_phone_%'",
                             0};
  constexpr Statement kFlush{"flush", "select pg_stat_force_next_flush()::text", 0};
  const auto walks_of_accounts = [&](int look_ups) {
    const int64_t before = number(kScans);
    for (int i = 0; i < look_ups; ++i) EXPECT_TRUE(pg_.run(kFind, {int64_t{7}}));
    EXPECT_TRUE(pg_.run(kFlush, {}));
    return number(kScans) - before;
  };
  (void)walks_of_accounts(1);
  ASSERT_TRUE(pg_.run(kFill, {}));
  EXPECT_EQ(walks_of_accounts(2), 2) << "this is what it is about: nothing to mend any more?";
  (void)walks_of_accounts(30);
  EXPECT_EQ(walks_of_accounts(30), 0);
}

}  // namespace pg_test
}  // namespace dundun
