// dundunctl: what administrators do, from a shell on the host. Runs the admin binary's own
// functions against the same PostgreSQL and Redis.
#include <pwd.h>
#include <unistd.h>

#include <climits>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "common/carrier/breaker.h"
#include "common/identity/control.h"
#include "common/identity/key_use.h"
#include "common/identity/password_threads.h"
#include "common/identity/sessions.h"
#include "common/io/pg.h"
#include "common/journal/journal.h"
#include "common/sending/snapshot.h"
#include "common/sms/numbering_plans.h"
#include "common/web/errors.h"
#include "common/web/export_slots.h"
#include "common/web/replica.h"
#include "handlers/admin/ctl/check.h"
#include "handlers/admin/ctl/commands.h"
#include "handlers/admin/ctl/host_settings.h"
#include "handlers/admin/ctl/table.h"

namespace dundun {
namespace {

constexpr int kDone = 0, kRefused = 1, kUsage = 2, kOutOfReach = 3;
constexpr int kPoolSize = 2;
constexpr std::chrono::milliseconds kPoolWaitMax{2000};

// Runs what coroutines post, in this thread, until the answer is there.
class Turns : public Executor {
 public:
  void post(std::function<void()> work) override {
    {
      std::lock_guard lock(mutex_);
      posted_.push_back(std::move(work));
    }
    wake_.notify_one();
  }
  // Nothing that dundunctl runs waits for a time.
  void post_after(std::chrono::milliseconds, std::function<void()> work) override {
    post(std::move(work));
  }
  void run_until(const std::optional<Result<Response>>& answer) {
    while (!answer) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !posted_.empty(); });
      const std::function<void()> work = std::move(posted_.front());
      posted_.pop_front();
      lock.unlock();
      work();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> posted_;
};

Caller operator_caller() {
  const passwd* user = getpwuid(getuid());
  Caller caller;
  caller.take_role(Role::kAdmin);
  caller.email = user != nullptr ? user->pw_name : "uid " + std::to_string(getuid());
  return caller;
}

Result<Response> run(const Config& config, Call& call) {
  Turns turns;
  ExportSlots exports(0, 0);
  PgPool pool({.url = config.database_url,
               .statement_timeout = config.statement_timeout,
               .generic_plans = !config.custom_plans},
              kPoolSize, kPoolWaitMax);
  Replica replica(config, pool);
  SnapshotStore snapshots(pool);
  Control control(config);
  SessionStore sessions(config, pool);
  PasswordThreads passwords(config);
  KeyUse key_use(pool);
  Journal journal(Journal::options(config));
  Breakers breakers(config);
  Services services{config,  pool,     replica, &journal, snapshots, turns,  exports,
                    nullptr, breakers, control, sessions, passwords, key_use};
  const std::shared_ptr<const Snapshot> snapshot = TRY(snapshots.at(std::nullopt));
  const Caller caller = operator_caller();
  Context context{call.request, caller, *snapshot, services};
  const Handler& handler = call.endpoint->handler;
  if (handler.at_once != nullptr) return handler.at_once(context);
  std::optional<Result<Response>> answer;
  Task<Response> task = handler.later(context);
  task.start([&answer](Result<Response> outcome) { answer.emplace(std::move(outcome)); });
  turns.run_until(answer);
  return *std::move(answer);
}

int report(const Result<Response>& answer, bool as_json) {
  if (!answer) {
    std::fprintf(stderr, "dundunctl: %s\n", answer.error().message.c_str());
    if (!answer.error().detail.empty()) {
      std::fprintf(stderr, "  (%s)\n", answer.error().detail.c_str());
    }
    return http_status(answer.error().code) >= 500 ? kOutOfReach : kRefused;
  }
  const std::string& body = answer->body;
  const std::string text = body.empty() ? "done\n" : as_json ? body + "\n" : as_table(body);
  std::fputs(text.c_str(), stdout);
  return kDone;
}

// What is a program of its own: in the folder of this one, unless it has a path.
int run_other(const std::string& program, const std::vector<std::string>& words) {
  std::string path = program;
  if (!path.starts_with('/')) {
    std::string own(PATH_MAX, '\0');
    const ssize_t size = readlink("/proc/self/exe", own.data(), own.size());
    own.resize(size > 0 ? static_cast<size_t>(size) : 0);
    path = own.substr(0, own.rfind('/') + 1) + program;
  }
  std::vector<char*> arguments{path.data()};
  std::vector<std::string> kept(words);
  for (std::string& word : kept) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(path.c_str(), arguments.data());
  std::fprintf(stderr, "dundunctl: %s cannot be run\n", path.c_str());
  return kOutOfReach;
}

// What needs neither the admin binary's functions nor, some of it, any setting.
std::optional<int> run_of_the_host(const std::vector<std::string>& words, bool as_json) {
  constexpr const char* kSetup = "/usr/sbin/dundun-setup";
  std::vector<std::string> rest(words.begin() + 1, words.end());
  const std::string& word = words.front();
  if (word == "version" || word == "--version") {
    std::printf("dundun %s\n", std::string(version()).c_str());
    return kDone;
  }
  if (word == "check") return run_check(rest, as_json);
  if (word == "reconcile") return run_other("reconcile", {});
  if (word == "setup") return run_other(kSetup, rest);
  if (word == "migrate") {
    rest.insert(rest.begin(), "--migrate");
    return run_other(kSetup, rest);
  }
  return std::nullopt;
}

int run_command(std::vector<std::string> words) {
  bool as_json = false;
  std::erase_if(words, [&](const std::string& word) {
    as_json |= word == "--json";
    return word == "--json";
  });
  if (words.empty() || words.front() == "help" || words.front() == "--help") {
    std::fputs(usage().c_str(), words.empty() ? stderr : stdout);
    return words.empty() ? kUsage : kDone;
  }
  if (const auto status = run_of_the_host(words, as_json)) return *status;
  auto call = parse_command(words);
  if (!call) {
    std::fprintf(stderr, "dundunctl: %s\nSee: dundunctl help\n", call.error().message.c_str());
    return kUsage;
  }
  SettingsReading settings = Config::read("dundunctl", host_settings(kEtc, "dundunctl"));
  if (!settings.wrong.empty()) {
    std::fprintf(stderr, "dundunctl: %s\n", settings.wrong.front().message.c_str());
    return kUsage;
  }
  const Config* const config = &settings.config;
  if (auto plans = use_numbering_plans(config->numbering_plans_file); !plans) {
    std::fprintf(stderr, "dundunctl: %s\n", plans.error().message.c_str());
    return kUsage;
  }
  set_log_level(LogLevel::kError);
  return report(run(*config, *call), as_json);
}

}  // namespace
}  // namespace dundun

int main(int argc, char** argv) {
  return dundun::run_command(std::vector<std::string>(argv + 1, argv + argc));
}
