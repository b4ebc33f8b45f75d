// ws-bridge: events from Redis to browsers.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>

#include "common/base/bridge_settings.h"
#include "common/base/config.h"
#include "common/base/log.h"
#include "common/io/pg_trust.h"
#include "ws-bridge/hub.h"
#include "ws-bridge/loop.h"
#include "ws-bridge/server.h"

namespace dundun {
namespace {

constexpr rlim_t kDescriptorsMax = 65'536;

// A descriptor a socket: the usual soft limit of 1024 is for programs that use select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kDescriptorsMax));
  limit.rlim_cur = std::min(limit.rlim_cur, kDescriptorsMax);
  setrlimit(RLIMIT_NOFILE, &limit);
}

Status run() {
  const Config config = TRY(Config::from_environment("ws-bridge"));
  set_log_program(config.program);
  TRY(check_pg_trust(config.database_url));
  const BridgeSettings settings = TRY(BridgeSettings::from_environment());
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);

  Loop loop;
  Hub hub(loop, settings, config);
  const auto server = TRY(Server::create(loop, hub));
  const SignalWatch on_terminate(loop, SIGTERM, [&hub] { hub.shut_down(); });
  const SignalWatch on_interrupt(loop, SIGINT, [&hub] { hub.shut_down(); });
  log(LogLevel::kInfo, "listening");
  loop.run();
  log(LogLevel::kInfo, "stopped");
  return Done{};
}

}  // namespace
}  // namespace dundun

int main() {
  const auto status = dundun::run();
  if (status) return 0;
  dundun::log(dundun::LogLevel::kError, "failed",
              {{"message", status.error().message}, {"detail", status.error().detail}});
  return 1;
}
