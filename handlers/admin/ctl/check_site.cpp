// What the world sees, who carries the messages, and the space that is left.
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <set>

#include "common/base/version.h"
#include "common/carrier/carrier_file.h"
#include "common/carrier/http/description.h"
#include "common/carrier/kannel/kannel.h"
#include "common/carrier/ringcentral/settings.h"
#include "common/io/http_client.h"
#include "handlers/admin/ctl/check.h"
#include "sql/watch.h"

namespace dundun {
namespace {

constexpr int kDiskWarnPercent = 15, kDiskFailPercent = 5;
constexpr const char* kLoopbackName = "loopback";

Status carrier_fault(const Config& config, const std::string& name, std::string_view kind,
                     std::string_view settings) {
  const auto secrets = read_carrier_file(config.carrier_secrets_dir, name);
  if (!secrets) {
    return fail(ErrorCode::kNotFound,
                "has no file of secrets, " + config.carrier_secrets_dir + "/" + name);
  }
  if (kind == "ringcentral") {
    (void)TRY(read_ringcentral_settings(name, settings, *secrets));
  } else if (kind == "http") {
    (void)TRY(read_http_description(settings, *secrets));
  } else {
    (void)TRY(read_kannel_settings(settings, *secrets));
  }
  return Done{};
}

void judge_routes(const PgRows& routes, const std::set<std::string>& usable, Findings& findings) {
  bool all_loopback = routes.size() > 0;
  for (int row = 0; row < routes.size(); ++row) {
    const std::vector<std::string> carriers = routes.text_array(row, sql::watch_routes.carriers);
    const std::string code(routes.text(row, sql::watch_routes.code));
    if (std::ranges::none_of(carriers, [&](const auto& name) { return usable.contains(name); })) {
      findings.fail("carriers", "route " + code + " has no carrier that can take a message: " +
                                    "dundunctl leg list " + code);
    }
    all_loopback &= carriers == std::vector<std::string>{kLoopbackName};
  }
  if (all_loopback) {
    findings.warn("carriers",
                  "all routes end in the loopback carrier, which sends nothing to "
                  "anyone: dundunctl carrier set, dundunctl leg add");
  }
}

std::string body_version(const std::string& body) {
  constexpr std::string_view kKey = R"("version":")";
  const size_t at = body.find(kKey);
  if (at == std::string::npos) return "";
  const size_t from = at + kKey.size();
  return body.substr(from, body.find('"', from) - from);
}

Result<HttpReply> get(const std::string& url) {
  HttpCall call;
  call.url = url;
  return http_call(call);
}

// Asks ws-bridge for events that do not exist: it refuses that, if it is there.
void judge_bridge(const std::string& url, Findings& findings) {
  HttpCall call;
  call.url = url + "/ws?events=none";
  call.headers = {{"Connection", "Upgrade"},
                  {"Upgrade", "websocket"},
                  {"Sec-WebSocket-Version", "13"},
                  {"Sec-WebSocket-Key", "ZHVuZHVuY3RsIGNoZWNrIQ=="}};  // 16 bytes (RFC 6455)
  const auto answer = http_call(call);
  if (answer && answer->status < 500) return;
  findings.warn("site", url + "/ws reaches no ws-bridge, so nothing is shown live: start " +
                            "dundun-ws-bridge");
}

}  // namespace

void check_carriers(const Config& config, Pg& pg, Findings& findings) {
  constexpr auto& col = sql::watch_carriers;
  const size_t before = findings.all().size();
  const auto carriers = pg.run(sql::watch_carriers, {});
  const auto routes = pg.run(sql::watch_routes, {});
  const auto administrators = pg.run(sql::watch_administrators, {});
  if (!carriers || !routes || !administrators) return;  // there are no tables, which was said
  std::set<std::string> usable{kLoopbackName};
  for (int row = 0; row < carriers->size(); ++row) {
    const std::string name(carriers->text(row, col.carrier));
    if (!carriers->boolean(row, col.is_active) || name == kLoopbackName) continue;
    const auto state = carrier_fault(config, name, carriers->text(row, col.kind),
                                     carriers->text(row, col.settings));
    if (state) {
      usable.insert(name);
    } else {
      findings.fail("carriers",
                    name + ": " + state.error().message + ": dundunctl carrier check " + name);
    }
  }
  judge_routes(*routes, usable, findings);
  if (findings.clean_since(before)) {
    findings.ok("carriers", std::to_string(usable.size() - 1) + " set up beside the loopback, " +
                                std::to_string(routes->size()) + " routes in use");
  }
  if (administrators->i64(0, 0) == 0) {
    findings.fail("administrator", "there is none: dundunctl bootstrap");
  }
}

void check_site(const CheckPlace& place, const Config& config, Findings& findings) {
  const size_t before = findings.all().size();
  std::string url = place.url;
  if (url.empty()) url = config.sessions.portal_url;
  if (url.empty()) url = config.payments.public_url;
  if (url.empty()) url = "http://127.0.0.1";
  while (url.ends_with('/')) url.pop_back();
  const auto health = get(url + "/healthz");
  if (!health) {
    return findings.fail("site", url + " does not answer (" + health.error().detail +
                                     "): start nginx, or name it with --url");
  }
  const std::string there = body_version(health->body);
  if (health->status != 200) {
    findings.fail("site", url + "/healthz answers " + std::to_string(health->status) +
                              ": start dundun@messages.socket, and look into nginx-problems.log");
  } else if (there != version()) {
    findings.warn("site", "the workers are of release " + (there.empty() ? "0.1.0" : there) +
                              ", this host's programs of " + std::string(version()) +
                              ": restart them");
  }
  if (const auto ready = get(url + "/readyz"); ready && ready->status != 200) {
    findings.fail("site", url + "/readyz answers " + std::to_string(ready->status) +
                              ": the workers do not reach PostgreSQL");
  } else if (ready && ready->body.find("degraded") != std::string::npos) {
    findings.warn("site", "the workers do not reach Redis: " + ready->body);
  }
  if (const auto metrics = get(url + "/metrics"); metrics && metrics->status == 200) {
    findings.fail("site", url + "/metrics is public: take the shipped nginx configuration");
  }
  judge_bridge(url, findings);
  if (const auto portal = get(url + "/"); portal && portal->status != 200) {
    findings.warn("site", "there is no portal at " + url + "/: link nginx' site to it");
  }
  if (findings.clean_since(before))
    findings.ok("site", url + " and its ws-bridge answer, /metrics is not public");
}

void check_disk(const Config& config, Findings& findings) {
  const size_t before = findings.all().size();
  std::set<dev_t> seen;
  const std::string& metrics = config.metrics_dir;
  for (const std::string& path : {std::string("/"), std::string("/var"), std::string("/var/log"),
                                  std::string("/var/lib/postgresql"), std::string("/tmp"),
                                  std::string("/var/lib/dundun-smpp-guard"), metrics}) {
    struct stat status {};
    struct statvfs space {};
    if (path.empty() || stat(path.c_str(), &status) != 0 || !seen.insert(status.st_dev).second ||
        statvfs(path.c_str(), &space) != 0 || space.f_blocks == 0) {
      continue;
    }
    const auto percent = [](fsfilcnt_t free, fsfilcnt_t all) {
      return all == 0 ? 100 : static_cast<int>(free * 100 / all);
    };
    const int left =
        std::min(percent(space.f_bavail, space.f_blocks), percent(space.f_favail, space.f_files));
    const std::string text = path + " has " + std::to_string(left) + " % left: make room";
    if (left < kDiskFailPercent) {
      findings.fail("disk", text);
    } else if (left < kDiskWarnPercent) {
      findings.warn("disk", text);
    }
  }
  if (findings.clean_since(before)) findings.ok("disk", "there is room");
}

}  // namespace dundun
