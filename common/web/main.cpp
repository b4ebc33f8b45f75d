#include "common/web/main.h"

#include <atomic>
#include <csignal>
#include <memory>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/loopback.h"
#include "common/carrier/pace.h"
#include "common/sms/msisdn.h"
#include "common/web/dispatcher.h"
#include "common/web/serve_loop.h"

namespace dundun {
namespace {

constexpr std::chrono::seconds kHousekeepingEvery{1};
constexpr std::chrono::milliseconds kPoolWaitMax{2000};

// For the signal handler only.
std::atomic<ServeLoop*> stop_target{nullptr};
std::atomic<bool> stop_asked{false};

void on_stop_signal(int) {
  stop_asked = true;
  if (ServeLoop* const loop = stop_target) loop->stop();
}

// After prepare_fastcgi(), whose handlers swallow signals, and before anything that takes time.
void listen_for_signals() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

void hand_signals_to(ServeLoop& loop) {
  stop_target = &loop;
  if (stop_asked) loop.stop();  // it came while we started
}

std::unique_ptr<Journal> open_journal(const Config& config) {
  Journal::Options options;
  options.database_url = config.database_url;
  options.redis_url = config.redis_url;
  options.batch_max = config.journal_batch_max;
  options.queue_max = config.journal_queue_max;
  options.deadline = config.journal_deadline;
  options.statement_timeout = config.statement_timeout;
  options.redis_timeout = config.redis_timeout;
  return std::make_unique<Journal>(options);
}

// Every second: the metrics file, and PostgreSQL's configuration version against a change whose
// maker died before it told Redis.
void keep_house(ServeLoop& loop, const Config& config, SnapshotStore& snapshots) {
  write_metrics_file(config.metrics_dir, config.program);
  (void)snapshots.at(std::nullopt);
  loop.post_after(kHousekeepingEvery, [&] { keep_house(loop, config, snapshots); });
}

}  // namespace

int run_binary(const char* program, std::span<const Endpoint> endpoints, Needs needs) {
  set_log_program(program);
  prepare_fastcgi();
  listen_for_signals();
  auto settings = Config::from_environment(program);
  if (!settings) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(settings.error().message)}});
    return 2;
  }
  Config config = *std::move(settings);
  if (needs != Needs::kUploads) config.upload_bytes_max = 0;
  ExportSlots exports(config.exports_max);
  ServeLoop loop(config);
  PgPool pool({.url = config.database_url, .statement_timeout = config.statement_timeout},
              config.pg_pool_size, kPoolWaitMax);
  SnapshotStore snapshots(pool);
  Pace pace(config);
  std::unique_ptr<Connector> carrier, connector;
  std::unique_ptr<Journal> journal;
  if (needs != Needs::kReads) warm_up_phone_metadata();
  if (needs == Needs::kSends) {
    carrier = make_loopback(loop, config);
    connector = make_paced(*carrier, pace);
  }
  if (needs == Needs::kWrites || needs == Needs::kSends) journal = open_journal(config);
  App app{config, pool, journal.get(), snapshots, loop, exports, connector.get()};
  Dispatcher dispatcher(app, loop, endpoints);
  hand_signals_to(loop);
  log(LogLevel::kInfo, "started");
  keep_house(loop, config, snapshots);
  loop.run(0, [&dispatcher] { return dispatcher.thread_handler(); });
  stop_target = nullptr;
  journal.reset();  // commits and publishes what is left
  remove_metrics_file(config.metrics_dir, config.program);
  log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace dundun
