// Started by cron every minute on every host; works until the next minute is near. Several may
// overlap: every claim is a change of state in PostgreSQL.
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <span>
#include <thread>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/carrier/carrier_router.h"
#include "common/io/pg_trust.h"
#include "common/sms/numbering_plans.h"
#include "scheduler/campaign_job.h"
#include "scheduler/dispatch_job.h"
#include "scheduler/mail_job.h"
#include "scheduler/notices.h"
#include "scheduler/payment_job.h"
#include "scheduler/playback_job.h"
#include "scheduler/poll_job.h"
#include "scheduler/price_job.h"
#include "scheduler/receipt_job.h"
#include "scheduler/restore_guard.h"
#include "scheduler/ringcentral_job.h"
#include "scheduler/ringcentral_texts.h"
#include "scheduler/upkeep_job.h"
#include "scheduler/watch_job.h"
#include "scheduler/webhook_job.h"
#include "scheduler/work_thread.h"
#include "sql/snapshot.h"

namespace {

using namespace dundun;
using Clock = std::chrono::steady_clock;

std::atomic<bool> stopping{false};

void on_stop_signal(int) { stopping = true; }

Pg::Options pg_options(const Config& config) {
  return {.url = config.database_url,
          .statement_timeout = config.statement_timeout,
          .application = "dundun scheduler",
          .generic_plans = !config.custom_plans};
}

// Receipts have a thread of their own: a flood of them must not make a due message wait.
void play_until_stopped(const Config& config, Journal& journal) {
  constexpr std::chrono::milliseconds kPause{50};
  Pg pg(pg_options(config));
  LookBack loopback_back, parts_back;
  while (!stopping) {
    const bool more_played = play_loopback_receipts(pg, journal, loopback_back);
    const bool more_joined = join_receipts(pg, journal, parts_back);
    const bool more_matched = match_receipts(pg, journal);
    if (!more_played && !more_joined && !more_matched) std::this_thread::sleep_for(kPause);
  }
}

// Campaigns have a thread and a journal of their own: a single message never waits behind one.
void make_campaigns_until_stopped(const Config& config, Carriers& carriers, Breakers& breakers,
                                  Pace& pace) {
  Pg pg(pg_options(config));
  Journal journal(Journal::options(config));
  CarrierRouter router(carriers, breakers, pace, journal);
  CampaignJob campaigns(config, pg, journal, carriers, router, pace);
  while (!stopping) {
    const auto pause = campaigns.run();
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
  }
  campaigns.finish();
}

// A call under way holds a socket, and many may wait for slow customers.
void allow_many_sockets() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
}

// Customers' servers have a thread of their own too: they answer when they please.
void call_webhooks_until_stopped(const Config& config, const OutboundRules& rules) {
  constexpr std::chrono::milliseconds kPatience{50};
  Pg pg(pg_options(config));
  WebhookJob webhooks(config, rules, pg, Resolver::ask_system);
  while (!stopping) webhooks.run(kPatience);
  webhooks.finish();
}

// What answers a text that was fetched.
struct Outlet {
  const Config& config;
  Journal& journal;
  Carriers& carriers;
  CarrierRouter& router;
  Executor& executor;
};

// RingCentral is asked in a thread of its own, a call at a time.
void tend_ringcentral_until_stopped(const Outlet& outlet) {
  Pg pg(pg_options(outlet.config));
  InboundTaker taker(outlet.config, outlet.journal, outlet.carriers, outlet.router,
                     outlet.executor);
  RingCentralJob ringcentral(outlet.config, pg, outlet.journal);
  RingCentralTexts texts(outlet.config, pg, taker);
  while (!stopping) {
    texts.run();
    std::this_thread::sleep_for(ringcentral.run());
  }
}

// So are carriers that cannot call us.
void poll_carriers_until_stopped(const Outlet& outlet) {
  constexpr std::chrono::milliseconds kPause{100};
  Pg pg(pg_options(outlet.config));
  InboundTaker taker(outlet.config, outlet.journal, outlet.carriers, outlet.router,
                     outlet.executor);
  PollJob polls(outlet.config, pg, taker);
  while (!stopping) {
    polls.run();
    std::this_thread::sleep_for(kPause);
  }
}

// So is the payment provider.
void ask_for_payments_until_stopped(const Config& config, Journal& journal) {
  Pg pg(pg_options(config));
  PaymentJob payments(config, pg, journal);
  while (!stopping) std::this_thread::sleep_for(payments.run());
}

void send_mails_until_stopped(const Config& config) {
  if (config.mail.url.empty()) return;
  Pg pg(pg_options(config));
  MailJob mails(config, pg);
  while (!stopping) std::this_thread::sleep_for(mails.run());
}

void rest_until(Clock::time_point then) {
  constexpr std::chrono::milliseconds kPause{100};
  while (!stopping && Clock::now() < then) std::this_thread::sleep_for(kPause);
}

// Prometheus asks every 15 s, and we live for a minute: the first time is at once.
constexpr std::chrono::seconds kWatchEvery{10};

// While somebody holds an old snapshot this takes seconds, for which no due message is to wait, and
// of which one in so many is enough.
void watch_until_stopped(const Config& config) {
  constexpr int kShare = 20;
  Pg pg(pg_options(config));
  while (!stopping) {
    const auto start = Clock::now();
    watch_queues(pg);
    watch_receipts(pg);
    const auto next = std::max(start + kWatchEvery, start + kShare * (Clock::now() - start));
    rest_until(next);
  }
}

constexpr std::chrono::seconds kFoldEvery{30};

void fold_days_until_stopped(const Config& config) {
  Pg pg(pg_options(config));
  while (!stopping) {
    fold_days(pg);
    rest_until(Clock::now() + kFoldEvery);
  }
}

void look_at_carriers(Carriers& carriers, Pg& pg) {
  auto version = pg.run(sql::config_version_now, {});
  if (version && version->size() > 0)
    carriers.reload_if_moved(version->i64(0, sql::config_version_now.version));
}

void keep_house(const Config& config, Pg& pg, Redis& redis, Control& control, Journal& journal,
                Carriers& carriers, LookBack& outbox_back) {
  const StreamLimits limits{config.stream_entries_max, config.stream_kept_for};
  publish_left_events(pg, redis, limits, outbox_back);
  begin_prices(pg, control);
  tell_of_disabled_webhooks(pg, journal);
  tell_of_lost_connections(pg, journal);
  look_at_carriers(carriers, pg);
  write_metrics_file(config.metrics_dir, config.program);
}

// Something that is done again and again beside the due messages.
struct Chore {
  std::chrono::milliseconds every;
  std::function<void()> run;
  Clock::time_point next = Clock::now();
};

void dispatch_until(Clock::time_point end, DispatchJob& dispatch, std::span<Chore> chores) {
  while (!stopping && Clock::now() < end) {
    const auto pause = dispatch.run();
    for (Chore& chore : chores) {
      if (Clock::now() < chore.next) continue;
      chore.next = Clock::now() + chore.every;
      chore.run();
    }
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
  }
}

constexpr std::chrono::seconds kHousekeepingEvery{1};
constexpr std::chrono::milliseconds kGuardEvery{500};
// A campaign gives a carrier hundreds of messages at once, so breakers must be up to date.
constexpr std::chrono::milliseconds kBreakersEvery{50};

// Whoever asked us to stop meanwhile has not asked in vain: this only ever says true.
void stop_if_held(RestoreGuard& guard) {
  if (guard.look() == RestoreGuard::State::kHeld) stopping = true;
}

void work(const Config& config, const OutboundRules& rules, Clock::time_point end,
          RestoreGuard& guard) {
  WorkThread executor;
  Pg pg(pg_options(config));
  Redis redis({.url = config.redis_url, .timeout = config.redis_timeout});
  Breakers breakers(config);
  Carriers carriers(executor, config,
                    [&pg](const Statement& statement) { return pg.run(statement, {}); });
  look_at_carriers(carriers, pg);
  breakers.refresh(carriers.names());  // before anything is sent
  Pace pace(config);
  Journal journal(Journal::options(config));
  CarrierRouter router(carriers, breakers, pace, journal);
  DueIndex due_index(redis, pg);
  DispatchJob dispatch(config, pg, journal, router, due_index);
  const Outlet outlet{config, journal, carriers, router, executor};
  std::thread beside[] = {
      std::thread([&] { play_until_stopped(config, journal); }),
      std::thread([&] { make_campaigns_until_stopped(config, carriers, breakers, pace); }),
      std::thread([&] { call_webhooks_until_stopped(config, rules); }),
      std::thread([&] { tend_ringcentral_until_stopped(outlet); }),
      std::thread([&] { poll_carriers_until_stopped(outlet); }),
      std::thread([&] { ask_for_payments_until_stopped(config, journal); }),
      std::thread([&] { send_mails_until_stopped(config); }),
      std::thread([&] { fold_days_until_stopped(config); }),
      std::thread([&] { watch_until_stopped(config); })};
  keep_tables(pg, config);
  Control control(config);
  read_fx_feed(pg, redis, config);
  LookBack outbox_back;
  Chore chores[] = {{kBreakersEvery, [&] { breakers.refresh(carriers.names()); }},
                    {kGuardEvery, [&] { stop_if_held(guard); }},
                    {kWatchEvery, [&] { watch_carriers(carriers, breakers); }},
                    {kHousekeepingEvery, [&] {
                       keep_house(config, pg, redis, control, journal, carriers, outbox_back);
                     }}};
  dispatch_until(end, dispatch, chores);
  stopping = true;
  for (std::thread& each : beside) each.join();
  dispatch.finish();
}

// Nothing runs on a database that was restored, until an operator says so.
void work_when_open(const Config& config, const OutboundRules& rules, Clock::time_point end) {
  constexpr std::chrono::milliseconds kPause{200};
  Pg pg(pg_options(config));
  Redis redis({.url = config.redis_url, .timeout = config.redis_timeout});
  RestoreGuard guard(config, pg, redis);
  while (guard.look() != RestoreGuard::State::kOpen) {
    write_metrics_file(config.metrics_dir, config.program);
    if (stopping || Clock::now() >= end) return;
    std::this_thread::sleep_for(kPause);
  }
  work(config, rules, end, guard);
}

}  // namespace

int main() {
  set_log_program("scheduler");
  auto config = Config::from_environment("scheduler");
  if (!config) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(config.error().message)}});
    return 2;
  }
  if (auto plans = use_numbering_plans(config->numbering_plans_file); !plans) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(plans.error().message)}});
    return 2;
  }
  const auto rules = OutboundRules::parse(config->webhooks.allowed_addresses);
  if (!rules) {
    log(LogLevel::kError, "bad_setting", {{"detail", "OUTBOUND_ALLOWED_ADDRESSES"}});
    return 2;
  }
  if (auto trusted = check_pg_trust(config->database_url); !trusted) {
    log(LogLevel::kError, "bad_setting", {{"detail", std::string_view(trusted.error().message)}});
    return 2;
  }
  allow_many_sockets();
  std::signal(SIGTERM, on_stop_signal);
  std::signal(SIGINT, on_stop_signal);
  work_when_open(*config, *rules, Clock::now() + std::chrono::seconds(config->scheduler_run_s));
  remove_metrics_file(config->metrics_dir, config->program);
  return 0;
}
