#include "common/web/replica.h"

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "sql/replica.h"

namespace dundun {
namespace {

constexpr std::chrono::milliseconds kLookEvery{500};
constexpr std::chrono::milliseconds kStandbyWaitMax{200};  // then the primary is asked

Result<PgRows> run_at(PgPool& pool, const Statement& statement, std::span<const PgParam> params,
                      std::optional<int64_t> account_id) {
  return account_id ? pool.restricted_to(*account_id).run(statement, params)
                    : pool.run(statement, params);
}

}  // namespace

Replica::Replica(const Config& config, PgPool& primary) : config_(config), primary_(primary) {
  if (config.database_url_read.empty()) return;
  standby_ = std::make_unique<PgPool>(Pg::Options{.url = config.database_url_read,
                                                  .statement_timeout = config.statement_timeout,
                                                  .connect_timeout = std::chrono::milliseconds(500),
                                                  .application = "dundun reads",
                                                  .generic_plans = !config.custom_plans},
                                      config.pg_pool_size, kStandbyWaitMax);
}

Result<PgRows> Replica::run(const Statement& statement, std::span<const PgParam> params,
                            std::optional<int64_t> account_id) {
  static Counter& there = counter("dundun_replica_reads_total", "at=\"standby\"");
  static Counter& here = counter("dundun_replica_reads_total", "at=\"primary\"");
  if (usable()) {
    auto rows = run_at(*standby_, statement, params, account_id);
    if (rows) {
      there.add();
      return rows;
    }
    avoid();
  }
  if (standby_) here.add();
  return run_at(primary_, statement, params, account_id);
}

void Replica::avoid() { usable_ = false; }

bool Replica::usable() {
  if (!standby_) return false;
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || Clock::now() < next_look_) return usable_;
  usable_ = look();
  next_look_ = Clock::now() + kLookEvery;
  gauge("dundun_replica_usable").set(usable_ ? 1 : 0);
  if (was_usable_ != std::optional<bool>(usable_)) {
    log(LogLevel::kInfo, usable_ ? "replica_is_read" : "replica_is_not_read");
    was_usable_ = usable_;
  }
  return usable_;
}

// Schedulers commit twice a second (scheduler/restore_guard.h), so that the last transaction which
// a standby replayed is only as old as it lags.
bool Replica::look() {
  constexpr auto& col = sql::replica_state;
  auto rows = standby_->run(sql::replica_state, {});
  if (!rows || !rows->boolean(0, col.is_standby) || rows->is_null(0, col.behind_ms)) return false;
  return rows->i64(0, col.behind_ms) <= config_.replica_lag_max.count() &&
         is_ours(std::string(rows->text(0, col.server)));
}

bool Replica::is_ours(const std::string& server) {
  if (ours_ == std::optional<std::string>(server)) return true;
  // The first look, another's standby, or the primary is another server by now.
  auto rows = primary_.run(sql::server_name, {});
  if (!rows) return false;
  ours_ = rows->text(0, 0);
  return *ours_ == server;
}

}  // namespace dundun
