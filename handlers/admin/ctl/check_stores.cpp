// PostgreSQL and Redis: there, the right ones, writable, of this release's form, and in time.
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "common/base/time.h"
#include "common/io/crypto.h"
#include "common/io/redis.h"
#include "common/upkeep/queue_ages.h"
#include "handlers/admin/ctl/check.h"
#include "sql/guard.h"
#include "sql/replica.h"
#include "sql/watch.h"

namespace dundun {
namespace {

namespace fs = std::filesystem;

constexpr int kPostgresqlMin = 150000;  // as server_version_num has it
constexpr int kRedisMajorMin = 7;
constexpr std::chrono::milliseconds kClockWarn{1000};
constexpr std::chrono::milliseconds kClockFail{30'000};  // ids and leases are times
constexpr int64_t kMonthsAheadMin = 1;
constexpr int64_t kManyTimesTooLate = 10;

// The value of "name:value" in an answer to INFO.
std::string info_field(const std::string& info, const std::string& name) {
  const size_t at = info.find("\n" + name + ":");
  if (at == std::string::npos) return "";
  const size_t from = at + name.size() + 2;
  return info.substr(from, info.find_first_of("\r\n", from) - from);
}

Result<RedisReply> ask_redis(const Config& config, const RedisCommand& command) {
  Redis redis({.url = config.redis_url, .timeout = config.redis_timeout});
  return redis.run(command);
}

void check_redis_facts(const std::string& info, Findings& findings) {
  const std::string version = info_field(info, "redis_version");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major < kRedisMajorMin) {
    findings.fail("redis", "version " + version + ": install Redis 7 or newer");
  }
  const std::string policy = info_field(info, "maxmemory_policy");
  if (!policy.empty() && policy != "noeviction") {
    findings.fail("redis", "maxmemory-policy is " + policy +
                               ": set it to noeviction, or limits are forgotten when it is full");
  }
}

void check_redis_clock(const Config& config, Findings& findings) {
  const Instant asked = now();
  const auto time = ask_redis(config, {"TIME"});
  if (!time || time->items.size() != 2) return;
  const auto number = [&](size_t item) {
    int64_t value = 0;
    const std::string& text = time->items[item].text;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  check_clock("redis", asked, now(),
              Instant(std::chrono::seconds(number(0)) + std::chrono::microseconds(number(1))),
              findings);
}

std::map<std::string, std::string> migrations_in(const std::string& folder) {
  std::map<std::string, std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".sql") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    found[entry.path().filename()] = to_hex(sha256(text));
  }
  return found;
}

}  // namespace

void check_clock(const char* server, Instant asked, Instant answered, Instant said,
                 Findings& findings) {
  const Instant here = asked + (answered - asked) / 2;
  const auto apart =
      std::chrono::abs(std::chrono::duration_cast<std::chrono::milliseconds>(said - here));
  const std::string text = std::string(server) + "'s clock and this host's are " +
                           std::to_string(apart.count()) + " ms apart";
  if (apart >= kClockFail) {
    findings.fail("clock", text + ": run chrony or systemd-timesyncd on both");
  } else if (apart >= kClockWarn) {
    findings.warn("clock", text + ": run chrony or systemd-timesyncd on both");
  } else {
    findings.ok("clock", text);
  }
}

bool check_postgresql(const Config& config, Pg& pg, Findings& findings) {
  constexpr auto& col = sql::watch_server;
  const size_t before = findings.all().size();
  (void)config;
  const Instant asked = now();
  const auto rows = pg.run(sql::watch_server, {});
  const Instant answered = now();
  if (!rows) {
    findings.fail("postgresql", "out of reach by DATABASE_URL (" + rows.error().detail +
                                    "): start it, or mend /etc/dundun/credentials/database-url");
    return false;
  }
  const int version = rows->i32(0, col.version);
  const std::string number =
      std::to_string(version / 10000) + "." + std::to_string(version % 10000);
  if (version < kPostgresqlMin) {
    findings.fail("postgresql", "version " + number + ": install 15 or newer");
  }
  if (rows->boolean(0, col.in_recovery) || rows->boolean(0, col.read_only)) {
    findings.fail("postgresql",
                  "is a standby or read-only: name the primary in DATABASE_URL, with "
                  "target_session_attrs=read-write where there are several hosts");
  }
  if (!rows->boolean(0, col.fsync) || !rows->boolean(0, col.synchronous_commit)) {
    findings.fail("postgresql",
                  "fsync or synchronous_commit is off: what was accepted may be lost");
  }
  if (rows->boolean(0, col.may_rewrite_ledger)) {
    findings.warn("postgresql",
                  "DATABASE_URL's role may rewrite the books: use dundun_app, not the "
                  "owner");
  }
  check_clock("postgresql", asked, answered, rows->instant(0, col.now), findings);
  if (findings.clean_since(before)) findings.ok("postgresql", "version " + number + ", writable");
  return true;
}

void check_migrations(const CheckPlace& place, Pg& pg, Findings& findings) {
  const std::string mend = "dundunctl migrate";
  const auto rows = pg.run(sql::watch_migrations, {});
  if (!rows) return findings.fail("migrations", "none was applied: " + mend);
  const auto files = migrations_in(place.migrations);
  if (files.empty()) {
    return findings.warn("migrations", place.migrations + " holds none to compare with");
  }
  std::map<std::string, std::string> applied;
  for (int row = 0; row < rows->size(); ++row) {
    applied.emplace(rows->text(row, sql::watch_migrations.version),
                    rows->text(row, sql::watch_migrations.checksum));
  }
  int pending = 0, newer = 0;
  for (const auto& [name, sum] : files) {
    const auto found = applied.find(name);
    if (found == applied.end()) {
      ++pending;
    } else if (found->second != sum) {
      findings.fail("migrations", name +
                                      " was changed after it was applied: install the packages "
                                      "again");
    }
  }
  for (const auto& [name, sum] : applied) newer += files.contains(name) ? 0 : 1;
  const std::string count = std::to_string(applied.size()) + " applied";
  if (pending > 0) {
    findings.fail("migrations", count + ", " + std::to_string(pending) + " pending: " + mend);
  } else if (newer > 0) {
    findings.warn("migrations", count + ", " + std::to_string(newer) +
                                    " of them of a newer release than this host's");
  } else {
    findings.ok("migrations", count + ", none pending");
  }
}

void check_partitions(Pg& pg, Findings& findings) {
  const size_t before = findings.all().size();
  const auto rows = pg.run(sql::watch_partitions, {});
  if (!rows) return findings.fail("partitions", "there are no tables: dundunctl migrate");
  for (int row = 0; row < rows->size(); ++row) {
    const std::string table(rows->text(row, sql::watch_partitions.name));
    const int64_t ahead = rows->i64(row, sql::watch_partitions.months_ahead);
    if (ahead < 0) {
      findings.fail("partitions", table + " has none for this month: start a scheduler");
    } else if (ahead < kMonthsAheadMin) {
      findings.warn("partitions", table + " has none for the next month: does a scheduler run?");
    }
  }
  if (findings.clean_since(before)) {
    findings.ok("partitions", std::to_string(rows->size()) + " tables are ready for next month");
  }
}

// Columns of guard_state.
void check_restore(Pg& pg, Findings& findings) {
  constexpr auto& col = sql::guard_state;
  const auto rows = pg.run(sql::guard_state, {});
  if (!rows || rows->size() != 1) return;  // older tables: check_migrations says so
  if (!rows->is_null(0, col.held_at)) {
    findings.fail("restore", "PostgreSQL was set back to " +
                                 format_z(rows->instant(0, col.seen_at)) + " (" +
                                 std::string(rows->text(0, col.held_because)) +
                                 "): nothing leaves until you say dundunctl resume");
  } else if (!rows->boolean(0, col.is_judged)) {
    findings.warn("restore", "PostgreSQL is another server, which no scheduler has judged yet");
  } else if (rows->boolean(0, col.has_target)) {
    findings.warn("restore",
                  "recovery_target… is still set: alter system reset it, or the next failover "
                  "is taken for a restore");
  } else {
    findings.ok("restore", "the database is what it was when it was last seen");
  }
}

// Whatever is wrong there costs the primary's time only.
void check_replica(const Config& config, Pg& pg, Findings& findings) {
  constexpr auto& col = sql::replica_state;
  if (config.database_url_read.empty()) return;
  Pg standby({.url = config.database_url_read, .statement_timeout = config.statement_timeout});
  const auto state = standby.run(sql::replica_state, {});
  const auto ours = pg.run(sql::server_name, {});
  const std::string read_there = ": its reads go to the primary";
  if (!state || !ours) {
    findings.warn("replica", "out of reach by DATABASE_URL_READ" + read_there);
  } else if (!state->boolean(0, col.is_standby)) {
    findings.warn("replica", "DATABASE_URL_READ names no standby" + read_there);
  } else if (state->text(0, col.server) != ours->text(0, 0)) {
    findings.warn("replica", "DATABASE_URL_READ names another database's standby" + read_there);
  } else if (state->is_null(0, col.behind_ms) ||
             state->i64(0, col.behind_ms) > config.replica_lag_max.count()) {
    findings.warn("replica",
                  "lags by more than REPLICA_LAG_MAX_MS, or no scheduler runs" + read_there);
  } else {
    findings.ok("replica",
                std::to_string(std::max<int64_t>(state->i64(0, col.behind_ms), 0)) + " ms behind");
  }
}

void check_queues(Pg& pg, Findings& findings) {
  const size_t before = findings.all().size();
  const auto queues = read_queues(pg);
  if (!queues) return findings.fail("queues", queues.error().message);
  for (const QueueAge& age : queues->ages) {
    const std::string text = std::string(age.name) + " wait for " + std::to_string(age.seconds) +
                             " s: look whether " + age.who + " runs, and at its log";
    if (age.seconds > age.alarm_s * kManyTimesTooLate) {
      findings.fail("queues", text);
    } else if (age.seconds > age.alarm_s) {
      findings.warn("queues", text);
    }
  }
  const auto some = [&](int64_t count, const char* what, const char* see) {
    if (count > 0) findings.warn("queues", std::to_string(count) + " " + what + ": " + see);
  };
  some(queues->unmatched_receipts, "receipts match no message", "dundunctl receipts unmatched");
  some(queues->mails_given_up, "mails were given up", "mail_outbox.last_error says why");
  some(queues->dead_webhooks, "calls of webhooks were given up", "dundunctl webhook replay");
  if (findings.clean_since(before)) findings.ok("queues", "nothing is late");
}

void check_redis(const Config& config, Findings& findings) {
  const size_t before = findings.all().size();
  // A key that the shipped access list allows, and that is gone at once.
  const auto written = ask_redis(config, {"SET", "limit:check", "1", "PX", "1000"});
  if (!written) {
    findings.fail(
        "redis", "cannot be written to (" + written.error().message + " " + written.error().detail +
                     "): start it, name its master in REDIS_URL, or mend its access list");
    return;
  }
  const auto info = ask_redis(config, {"INFO"});
  if (info) {
    check_redis_facts(info->text, findings);
  } else {
    findings.warn("redis", "does not tell its version: allow +info in its access list");
  }
  check_redis_clock(config, findings);
  if (findings.clean_since(before)) {
    findings.ok("redis", "version " + info_field(info->text, "redis_version") + ", writable");
  }
}

}  // namespace dundun
