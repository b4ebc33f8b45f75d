#include "common/web/run_binary.h"

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/breaker.h"
#include "common/carrier/carrier_router.h"
#include "common/carrier/carriers.h"
#include "common/identity/control.h"
#include "common/identity/key_use.h"
#include "common/identity/password_threads.h"
#include "common/identity/sessions.h"
#include "common/io/pg.h"
#include "common/io/pg_trust.h"
#include "common/journal/journal.h"
#include "common/sending/send.h"
#include "common/sending/snapshot.h"
#include "common/sms/msisdn.h"
#include "common/sms/numbering_plans.h"
#include "common/web/dispatcher.h"
#include "common/web/export_slots.h"
#include "common/web/replica.h"
#include "common/web/serve_loop.h"

namespace dundun {
namespace {

constexpr std::chrono::seconds kHousekeepingEvery{1};
constexpr std::chrono::seconds kKeyUseEvery{60};
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

// Every second: the metrics file, PostgreSQL's configuration version against a change whose maker
// died before it told Redis, and what other processes found of the carriers.
void keep_house(const Services& services, ServeLoop& loop) {
  write_metrics_file(services.config.metrics_dir, services.config.program);
  auto snapshot = services.snapshots.at(std::nullopt);
  if (services.sending != nullptr) {
    Carriers& carriers = services.sending->carriers;
    if (snapshot) carriers.reload_if_moved((*snapshot)->version);
    services.breakers.refresh(carriers.names());
  }
  loop.post_after(kHousekeepingEvery, [&services, &loop] { keep_house(services, loop); });
}

void write_key_use(ServeLoop& loop, KeyUse& key_use) {
  key_use.write();
  loop.post_after(kKeyUseEvery, [&] { write_key_use(loop, key_use); });
}

// None: a setting is wrong, and the log says which.
std::optional<Config> read_settings(const char* program, Needs needs) {
  auto settings = Config::from_environment(program);
  if (!settings) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(settings.error().message)}});
    return std::nullopt;
  }
  if (auto plans = use_numbering_plans(settings->numbering_plans_file); !plans) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(plans.error().message)}});
    return std::nullopt;
  }
  for (const std::string* url : {&settings->database_url, &settings->database_url_read}) {
    auto trusted = url->empty() ? Status(Done{}) : check_pg_trust(*url);
    if (trusted) continue;
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(trusted.error().message)}});
    return std::nullopt;
  }
  if (needs != Needs::kUploads) settings->upload_bytes_max = 0;
  return *std::move(settings);
}

// What a binary that sends has more; empty in the others.
struct Outlet {
  Outlet() = default;
  Outlet(const Config& config, PgPool& pool, Journal& journal, ServeLoop& loop, Breakers& breakers,
         Pace& pace)
      : carriers(std::make_unique<Carriers>(
            loop, config, [&pool](const Statement& statement) { return pool.run(statement, {}); })),
        router(std::make_unique<CarrierRouter>(*carriers, breakers, pace, journal)),
        sending(new Sending{config, pool, journal, *carriers, *router, loop}) {}

  void close() {
    if (router) router->stop();
    carriers.reset();  // waits for the answers to what is under way
  }

  std::unique_ptr<Carriers> carriers;
  std::unique_ptr<CarrierRouter> router;
  std::unique_ptr<const Sending> sending;
};

void serve_until_stopped(const Services& services, ServeLoop& loop, Dispatcher& dispatcher,
                         KeyUse& key_use) {
  hand_signals_to(loop);
  log(LogLevel::kInfo, "started");
  keep_house(services, loop);
  write_key_use(loop, key_use);
  loop.run(0, [&dispatcher] { return dispatcher.thread_handler(); });
  stop_target = nullptr;
}

}  // namespace

int run_binary(const char* program, std::span<const Endpoint> endpoints, const Schemas& schemas,
               Needs needs) {
  set_log_program(program);
  prepare_fastcgi();
  listen_for_signals();
  const std::optional<Config> settings = read_settings(program, needs);
  if (!settings) return 2;
  const Config& config = *settings;
  ExportSlots exports(config.exports_max, config.exports_per_account);
  PgPool pool({.url = config.database_url,
               .statement_timeout = config.statement_timeout,
               .generic_plans = !config.custom_plans},
              config.pg_pool_size, kPoolWaitMax);
  Replica replica(config, pool);
  ServeLoop loop(config);  // its downloads read from the two
  SnapshotStore snapshots(pool);
  Control control(config);
  SessionStore sessions(config, pool);
  PasswordThreads passwords(config);
  KeyUse key_use(pool);
  Pace pace(config);
  Breakers breakers(config);
  std::unique_ptr<Journal> journal;
  Outlet outlet;
  if (needs != Needs::kReads) warm_up_phone_metadata();
  if (needs == Needs::kWrites || needs == Needs::kSends) {
    journal = std::make_unique<Journal>(Journal::options(config));
  }
  if (needs == Needs::kSends) outlet = Outlet(config, pool, *journal, loop, breakers, pace);
  Services services{
      config,   pool,    replica,  journal.get(), snapshots, loop, exports, outlet.sending.get(),
      breakers, control, sessions, passwords,     key_use};
  Dispatcher dispatcher(services, loop, endpoints, schemas);
  serve_until_stopped(services, loop, dispatcher, key_use);
  outlet.close();
  journal.reset();  // commits and publishes what is left
  key_use.write();
  remove_metrics_file(config.metrics_dir, config.program);
  log(LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace dundun
