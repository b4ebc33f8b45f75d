#include "handlers/admin/ctl/check.h"

#include <algorithm>
#include <cstdio>

#include "common/base/log.h"
#include "common/io/json.h"

namespace dundun {
namespace {

constexpr int kUsageStatus = 2;

struct CheckWords {
  CheckPlace place;
  std::string before_start;  // a program's name
  std::string wrong;         // what is wrong with the words
};

CheckWords parse_check(const std::vector<std::string>& words) {
  CheckWords parsed;
  for (size_t i = 0; i < words.size(); i += 2) {
    std::string* const target = words[i] == "--etc"            ? &parsed.place.etc
                                : words[i] == "--migrations"   ? &parsed.place.migrations
                                : words[i] == "--url"          ? &parsed.place.url
                                : words[i] == "--before-start" ? &parsed.before_start
                                                               : nullptr;
    if (target == nullptr || i + 1 == words.size()) {
      parsed.wrong =
          target == nullptr ? "no such option: " + words[i] : words[i] + " needs a value";
      return parsed;
    }
    *target = words[i + 1];
  }
  if (!parsed.before_start.empty() &&
      std::ranges::find(kPrograms, parsed.before_start) == kPrograms.end()) {
    parsed.wrong = "no such program: " + parsed.before_start;
  }
  return parsed;
}

const char* word_of(Verdict verdict) {
  return verdict == Verdict::kOk ? "ok" : verdict == Verdict::kWarn ? "warn" : "FAIL";
}

void print(const Findings& findings, bool as_json) {
  if (!as_json) {
    for (const Finding& finding : findings.all()) {
      std::printf("%-4s %s: %s\n", word_of(finding.verdict), finding.name.c_str(),
                  finding.text.c_str());
    }
    return;
  }
  JsonWriter json;
  json.begin_object().member("status", word_of(findings.worst())).key("checks").begin_array();
  for (const Finding& finding : findings.all()) {
    json.begin_object()
        .member("status", word_of(finding.verdict))
        .member("name", std::string_view(finding.name))
        .member("text", std::string_view(finding.text))
        .end_object();
  }
  std::printf("%s\n", json.end_array().end_object().text().c_str());
}

void check_all(const CheckPlace& place, Findings& findings) {
  check_settings(place, findings);
  check_secrets(place, findings);
  // What can be looked at with settings that are wrong elsewhere, is.
  const Config config = Config::read("dundunctl", host_settings(place.etc, "dundunctl")).config;
  Pg pg({.url = config.database_url,
         .statement_timeout = config.statement_timeout,
         .application = "dundunctl check"});
  if (!config.database_url.empty() && check_postgresql(config, pg, findings)) {
    check_migrations(place, pg, findings);
    check_partitions(pg, findings);
    check_restore(pg, findings);
    check_replica(config, pg, findings);
    check_queues(pg, findings);
    check_carriers(config, pg, findings);
  }
  if (!config.redis_url.empty()) check_redis(config, findings);
  check_site(place, config, findings);
  check_disk(config, findings);
}

}  // namespace

Verdict Findings::worst() const {
  Verdict worst = Verdict::kOk;
  for (const Finding& finding : all_) worst = std::max(worst, finding.verdict);
  return worst;
}

bool Findings::clean_since(size_t since) const {
  return std::all_of(all_.begin() + static_cast<std::ptrdiff_t>(since), all_.end(),
                     [](const Finding& finding) { return finding.verdict == Verdict::kOk; });
}

int run_check(std::vector<std::string> words, bool as_json) {
  const CheckWords parsed = parse_check(words);
  if (!parsed.wrong.empty()) {
    std::fprintf(stderr,
                 "dundunctl: %s\nusage: dundunctl check [--json] [--url URL] [--etc FOLDER] "
                 "[--migrations FOLDER] [--before-start PROGRAM]\n",
                 parsed.wrong.c_str());
    return kUsageStatus;
  }
  set_log_level(LogLevel::kError);
  Findings findings;
  if (parsed.before_start.empty()) {
    check_all(parsed.place, findings);
  } else {
    check_program(parsed.place.etc, parsed.before_start, findings);
  }
  print(findings, as_json);
  const Verdict worst = findings.worst();
  if (!parsed.before_start.empty()) return worst == Verdict::kFail ? 2 : 0;
  return static_cast<int>(worst);
}

}  // namespace dundun
