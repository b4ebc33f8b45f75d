// dundunctl check: whether this host is set up as it has to be, and what to do if not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"
#include "common/io/pg.h"
#include "handlers/admin/ctl/host_settings.h"

namespace dundun {

enum class Verdict { kOk, kWarn, kFail };

struct Finding {
  Verdict verdict;
  std::string name;  // "postgresql"
  std::string text;  // what there is; of what is wrong, what to do
};

class Findings {
 public:
  void ok(std::string name, std::string text) {
    add(Verdict::kOk, std::move(name), std::move(text));
  }
  void warn(std::string name, std::string text) {
    add(Verdict::kWarn, std::move(name), std::move(text));
  }
  void fail(std::string name, std::string text) {
    add(Verdict::kFail, std::move(name), std::move(text));
  }
  const std::vector<Finding>& all() const { return all_; }
  Verdict worst() const;
  // Whether all findings since the `since`th are ok.
  bool clean_since(size_t since) const;

 private:
  void add(Verdict verdict, std::string name, std::string text) {
    all_.push_back({verdict, std::move(name), std::move(text)});
  }
  std::vector<Finding> all_;
};

// Where to look; options of the command.
struct CheckPlace {
  std::string etc = kEtc;                                       // --etc
  std::string migrations = "/usr/share/dundun/sql/migrations";  // --migrations
  std::string url;                                              // --url: nginx; else PORTAL_URL
};

// Each of these looks at one thing. Those with a Config need a server.
void check_settings(const CheckPlace& place, Findings& findings);  // of all programs
void check_program(const std::string& etc, std::string_view program, Findings& findings);
void check_secrets(const CheckPlace& place, Findings& findings);
void check_disk(const Config& config, Findings& findings);
bool check_postgresql(const Config& config, Pg& pg, Findings& findings);  // whether it answers
void check_migrations(const CheckPlace& place, Pg& pg, Findings& findings);
void check_partitions(Pg& pg, Findings& findings);
void check_restore(Pg& pg, Findings& findings);
void check_replica(const Config& config, Pg& pg, Findings& findings);
void check_queues(Pg& pg, Findings& findings);
void check_redis(const Config& config, Findings& findings);
void check_carriers(const Config& config, Pg& pg, Findings& findings);
void check_site(const CheckPlace& place, const Config& config, Findings& findings);
// How far a server's clock is from ours, if it was asked between these.
void check_clock(const char* server, Instant asked, Instant answered, Instant said,
                 Findings& findings);

// The words behind `check`. Exit status 0: all is well; 1: warnings; 2: failures, or wrong words.
// With --before-start PROGRAM, what needs no running service, and warnings are no reason to stay
// down.
int run_check(std::vector<std::string> words, bool as_json);

}  // namespace dundun
