#include "common/base/metrics.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/version.h"

namespace dundun {

namespace {

constexpr std::array<double, 16> kSecondBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                               0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                               1,      2.5,     5,      10};
constexpr std::array<double, 16> kWaitBounds{0.1, 0.25, 0.5, 1,   2.5,  5,    10,   25,
                                             50,  100,  250, 500, 1000, 2500, 5000, 10000};
// A living process rewrites its file every second. An older file belongs to a dead process, even if
// another process has its id now.
constexpr int kStaleAfterS = 60;

double bound(Histogram::Scale scale, size_t bucket) {
  if (scale == Histogram::Scale::kSeconds) return kSecondBounds.at(bucket);
  if (scale == Histogram::Scale::kWaits) return kWaitBounds.at(bucket);
  return static_cast<double>(uint64_t{1} << bucket);
}

std::string number_text(double number) {
  std::array<char, 400> digits;  // the largest double has 309 of them before the point
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed)
          .ptr;
  return {digits.data(), end};
}

std::string series_name(std::string_view name, std::string_view suffix, std::string_view labels) {
  std::string text(name);
  text.append(suffix);
  if (!labels.empty()) text.append("{").append(labels).append("}");
  return text;
}

std::string join_labels(std::string_view a, std::string_view b) {
  std::string text(a);
  if (!a.empty() && !b.empty()) text += ',';
  text.append(b);
  return text;
}

// All series of one name and type, by labels.
template <class Series>
using Family = std::map<std::string, std::unique_ptr<Series>, std::less<>>;

struct Registry {
  std::mutex mutex;
  std::map<std::string, Family<Counter>, std::less<>> counters;
  std::map<std::string, Family<Gauge>, std::less<>> gauges;
  std::map<std::string, Family<Histogram>, std::less<>> histograms;
};

// Never destroyed: threads may still count while the process ends.
Registry& registry() {
  static Registry& instance = *new Registry;
  return instance;
}

template <class Families, class Make>
auto& find_or_make(Families& families, std::string_view name, std::string_view labels, Make make) {
  std::lock_guard lock(registry().mutex);
  auto family = families.find(name);
  if (family == families.end()) family = families.try_emplace(std::string(name)).first;
  auto series = family->second.find(labels);
  if (series == family->second.end()) {
    series = family->second.try_emplace(std::string(labels), make()).first;
  }
  return *series->second;
}

void append_type(std::string& out, std::string_view name, std::string_view type) {
  out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

// Each process's series carry its program, host and pid, so the joined text has no line twice.
std::string render(std::string_view process_labels) {
  Registry& all = registry();
  std::lock_guard lock(all.mutex);
  std::string out;
  const auto plain = [&](const auto& families, std::string_view type) {
    for (const auto& [name, family] : families) {
      append_type(out, name, type);
      for (const auto& [labels, series] : family) {
        out += series_name(name, "", join_labels(labels, process_labels)) + " " +
               std::to_string(series->value()) + "\n";
      }
    }
  };
  append_type(out, "dundun_build_info", "gauge");
  out += series_name("dundun_build_info", "",
                     join_labels("version=\"" + std::string(version()) + "\"", process_labels)) +
         " 1\n";
  plain(all.counters, "counter");
  plain(all.gauges, "gauge");
  for (const auto& [name, family] : all.histograms) {
    append_type(out, name, "histogram");
    for (const auto& [labels, series] : family) {
      series->write(out, name, join_labels(labels, process_labels));
    }
  }
  return out;
}

// Containers that share the folder have a name each, and number their processes alike.
const std::string& host() {
  static const std::string name = [] {
    std::array<char, HOST_NAME_MAX + 1> text{};
    return gethostname(text.data(), text.size() - 1) == 0 ? std::string(text.data()) : "";
  }();
  return name;
}

std::string file_name(std::string_view program, pid_t pid) {
  return std::string(program) + "-" + std::to_string(pid) + "@" + host() + ".prom";
}

struct Owner {
  pid_t pid = 0;
  std::string_view host;
};
// Of "<program>-<pid>@<host>.prom". Without a host it is an older release's, here.
std::optional<Owner> owner_of(std::string_view name) {
  constexpr std::string_view kSuffix = ".prom";
  if (!name.ends_with(kSuffix)) return std::nullopt;
  name.remove_suffix(kSuffix.size());
  const size_t at = name.find('@');
  Owner owner{.host = at == std::string_view::npos ? host() : name.substr(at + 1)};
  name = name.substr(0, at);
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  name.remove_prefix(dash + 1);
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), owner.pid);
  if (error != std::errc() || end != name.data() + name.size() || owner.pid <= 0) {
    return std::nullopt;
  }
  return owner;
}

bool process_is_gone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

bool is_stale(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) != 0 || status.st_mtime + kStaleAfterS < std::time(nullptr);
}

std::vector<std::string> living_files(const std::string& folder) {
  std::vector<std::string> paths;
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) return paths;
  while (const dirent* entry = readdir(entries)) {
    const auto owner = owner_of(entry->d_name);
    if (!owner) continue;
    std::string path = folder + "/" + entry->d_name;
    if (owner->host == host() && process_is_gone(owner->pid)) {
      unlink(path.c_str());
    } else if (!is_stale(path)) {
      paths.push_back(std::move(path));
    }
  }
  closedir(entries);
  return paths;
}

}  // namespace

void Histogram::observe(double value) {
  size_t bucket = 0;
  while (bucket < kBuckets && value > bound(scale_, bucket)) ++bucket;
  buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
  const double millionths = value > 0 ? value * 1e6 : 0;
  sum_millionths_.fetch_add(static_cast<uint64_t>(millionths), std::memory_order_relaxed);
}

void Histogram::write(std::string& out, std::string_view name, std::string_view labels) const {
  uint64_t count = 0;
  for (size_t bucket = 0; bucket <= kBuckets; ++bucket) {
    count += buckets_[bucket].load(std::memory_order_relaxed);
    const std::string limit = bucket == kBuckets ? "+Inf" : number_text(bound(scale_, bucket));
    out += series_name(name, "_bucket", join_labels(labels, "le=\"" + limit + "\"")) + " " +
           std::to_string(count) + "\n";
  }
  const auto sum = static_cast<double>(sum_millionths_.load(std::memory_order_relaxed)) / 1e6;
  out += series_name(name, "_sum", labels) + " " + number_text(sum) + "\n";
  out += series_name(name, "_count", labels) + " " + std::to_string(count) + "\n";
}

Counter& counter(std::string_view name, std::string_view labels) {
  return find_or_make(registry().counters, name, labels,
                      [] { return std::make_unique<Counter>(); });
}

Gauge& gauge(std::string_view name, std::string_view labels) {
  return find_or_make(registry().gauges, name, labels, [] { return std::make_unique<Gauge>(); });
}

Histogram& histogram(std::string_view name, Histogram::Scale scale, std::string_view labels) {
  return find_or_make(registry().histograms, name, labels,
                      [scale] { return std::make_unique<Histogram>(scale); });
}

void write_metrics_file(const std::string& folder, std::string_view program) {
  if (folder.empty()) return;
  const pid_t pid = getpid();
  const std::string path = folder + "/" + file_name(program, pid);
  const std::string temporary = path + ".new";  // no ".prom" at its end: readers skip it
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << render("program=\"" + std::string(program) + "\",host=\"" + host() + "\",pid=\"" +
                   std::to_string(pid) + "\"");
    if (!file.flush()) return;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) unlink(temporary.c_str());
}

void remove_metrics_file(const std::string& folder, std::string_view program) {
  if (!folder.empty()) unlink((folder + "/" + file_name(program, getpid())).c_str());
}

std::string read_metrics_files(const std::string& folder) {
  std::map<std::string, std::string> families;  // by TYPE line, so that each is told once
  for (const std::string& path : living_files(folder)) {
    std::ifstream file(path, std::ios::binary);
    std::string* samples = nullptr;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("# TYPE ")) {
        samples = &families[line];
      } else if (samples != nullptr && !line.empty()) {
        samples->append(line).append("\n");
      }
    }
  }
  std::string out;
  for (const auto& [type, samples] : families) out.append(type).append("\n").append(samples);
  return out;
}

}  // namespace dundun
