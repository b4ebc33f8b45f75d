// Settings: names, forms, and the files that they name.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "common/base/bridge_settings.h"
#include "common/io/outbound_url.h"
#include "common/io/pg_conninfo.h"
#include "common/sms/numbering_plans.h"
#include "handlers/admin/ctl/check.h"

namespace dundun {
namespace {

namespace fs = std::filesystem;

constexpr size_t kTypoDistance = 2;

// What others than we read from an environment.
bool is_foreign(std::string_view name) {
  constexpr std::array<std::string_view, 10> kStarts{
      "PG", "LD_", "LC_", "MALLOC_", "GLIBC_", "SSL_", "SYSTEMD_", "ASAN_", "LANG", "TZ"};
  return name == "PATH" || name == "HOME" || name == "http_proxy" || name == "https_proxy" ||
         name == "no_proxy" || std::ranges::any_of(kStarts, [&](std::string_view start) {
           return name.starts_with(start);
         });
}

// How many letters differ (Levenshtein).
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

struct Judged {
  std::vector<std::string> faults;
  std::set<std::string> known;
};

void judge_files(const Config& config, std::vector<std::string>& faults) {
  const auto want = [&](const char* setting, const std::string& path, int how, const char* what) {
    if (!path.empty() && access(path.c_str(), how) != 0) {
      faults.push_back(std::string(setting) + " names " + path + ", " + what);
    }
  };
  want("MAIL_CA_FILE", config.mail.ca_file, R_OK, "which this user cannot read");
  want("METRICS_DIR", config.metrics_dir, W_OK | X_OK,
       "which is no folder that this user may write to");
  if (config.program == "scheduler") {
    want("WITNESS_DIR", config.witness_dir, W_OK | X_OK,
         "which is no folder that this user may write to");
  }
  want("FX_FEED_FILE",
       config.fx_feed_file.empty() ? "" : fs::path(config.fx_feed_file).parent_path(), X_OK,
       "whose folder this user cannot reach");
  if (auto plans = use_numbering_plans(config.numbering_plans_file); !plans) {
    faults.push_back("NUMBERING_PLANS: " + plans.error().message);
  }
  if (auto rules = OutboundRules::parse(config.webhooks.allowed_addresses); !rules) {
    faults.push_back("OUTBOUND_ALLOWED_ADDRESSES: " + rules.error().message);
  }
  for (const auto& [setting, url] : {std::pair{"DATABASE_URL", &config.database_url},
                                     {"DATABASE_URL_READ", &config.database_url_read}}) {
    if (url->empty()) continue;
    if (auto form = check_conninfo(setting, *url); !form) faults.push_back(form.error().message);
  }
}

Judged judge(std::string_view program, const Variables& variables) {
  SettingsReading reading = Config::read(std::string(program), variables);
  Judged judged{{}, std::move(reading.known)};
  for (const Error& error : reading.wrong) judged.faults.push_back(error.message);
  judge_files(reading.config, judged.faults);
  BridgeReading bridge = BridgeSettings::read(variables);
  judged.known.merge(bridge.known);
  if (program == "ws-bridge") {
    for (const Error& error : bridge.wrong) judged.faults.push_back(error.message);
  }
  return judged;
}

// A name that is nearly one of ours is a slip, and its setting would silently not hold. Any other
// may be another release's.
void judge_names(const SettingsFile& file, const std::set<std::string>& known,
                 const std::string& finding, Findings& findings) {
  for (const std::string& fault : file.faults) findings.fail(finding, file.path + ": " + fault);
  for (const auto& [name, value] : file.variables) {
    if (known.contains(name) || is_foreign(name)) continue;
    const auto nearest = std::ranges::min_element(
        known, {}, [&name = name](const std::string& other) { return distance(name, other); });
    if (nearest != known.end() && distance(name, *nearest) <= kTypoDistance) {
      findings.fail(finding,
                    file.path + ": " + name + " is no setting; did you mean " + *nearest + "?");
    } else {
      findings.warn(finding, file.path + ": " + name +
                                 " is no setting of this release: take it out if it is not of "
                                 "another one");
    }
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// The guards' arguments stand in files of their own; a guard says itself what is wrong in them.
void check_guards(const std::string& etc, Findings& findings) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(etc, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("smpp-guard-")) continue;
    const SettingsFile file = read_settings_file(entry.path());
    const auto arguments = file.variables.find("GUARD_ARGUMENTS");
    if (arguments == file.variables.end() || arguments->second.empty()) {
      findings.fail("settings", file.path + ": GUARD_ARGUMENTS is not set");
    } else {
      findings.ok("settings", file.path + ": " + arguments->second);
    }
  }
}

}  // namespace

void check_settings(const CheckPlace& place, Findings& findings) {
  const size_t before = findings.all().size();
  std::map<std::string, std::vector<std::string>> whose;  // by fault
  std::set<std::string> known;
  for (const char* program : kPrograms) {
    Judged judged = judge(program, host_settings(place.etc, program));
    for (const std::string& fault : judged.faults) whose[fault].emplace_back(program);
    known.merge(judged.known);
  }
  for (const auto& [fault, programs] : whose) {
    findings.fail("settings", fault + " (" +
                                  (programs.size() == kPrograms.size()
                                       ? "all programs: " + place.etc + "/env"
                                       : joined(programs) + ": " + place.etc + "/env or NAME.env") +
                                  ")");
  }
  judge_names(read_settings_file(place.etc + "/env"), known, "settings", findings);
  for (const char* program : kPrograms) {
    judge_names(read_settings_file(place.etc + "/" + program + ".env"), known, "settings",
                findings);
  }
  check_guards(place.etc, findings);
  if (findings.clean_since(before)) {
    findings.ok("settings", std::to_string(kPrograms.size()) + " programs can start with them");
  }
}

void check_program(const std::string& etc, std::string_view program, Findings& findings) {
  const std::string finding = "settings of " + std::string(program);
  const size_t before = findings.all().size();
  const Judged judged = judge(program, host_settings(etc, program));
  for (const std::string& fault : judged.faults) findings.fail(finding, fault);
  judge_names(read_settings_file(etc + "/env"), judged.known, finding, findings);
  judge_names(read_settings_file(etc + "/" + std::string(program) + ".env"), judged.known, finding,
              findings);
  if (findings.clean_since(before)) findings.ok(finding, "it can start with them");
}

void check_secrets(const CheckPlace& place, Findings& findings) {
  const size_t before = findings.all().size();
  // Nobody but the owner, and of carriers' the group, reads a secret.
  const auto judge = [&](const fs::path& path, mode_t open_to_others, const char* mode) {
    struct stat status {};
    if (lstat(path.c_str(), &status) != 0) return;
    if ((status.st_mode & open_to_others) != 0) {
      findings.fail("secrets",
                    path.string() + " is open to others: chmod " + mode + " " + path.string());
    }
    if (status.st_uid != 0 && geteuid() == 0) {
      findings.warn("secrets", path.string() + " is not root's: chown root " + path.string());
    }
  };
  const auto judge_folder = [&](const fs::path& folder, mode_t open, const char* folder_mode,
                                const char* file_mode) {
    std::error_code error;
    judge(folder, open, folder_mode);
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      judge(entry.path(), open, file_mode);
    }
  };
  constexpr mode_t kGroupWrites = 0027, kGroup = 0077;
  judge_folder(place.etc + "/credentials", kGroup, "0700", "0600");
  judge_folder(place.etc + "/carriers", kGroupWrites, "0750", "0640");
  if (findings.clean_since(before)) findings.ok("secrets", "nobody else reads them");
}

}  // namespace dundun
