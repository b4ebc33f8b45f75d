#include "scheduler/restore_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>

#include "common/base/log.h"
#include "common/base/metrics.h"
#include "sql/guard.h"

namespace dundun {
namespace {

constexpr int kFileMode = 0640;

std::optional<Instant> instant_of(std::string_view micros) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(micros.data(), micros.data() + micros.size(), value);
  if (error != std::errc() || end == micros.data()) return std::nullopt;
  return Instant(std::chrono::microseconds(value));
}

std::string key_of(const std::string& name) { return "witness:" + name; }
std::string path_of(const Config& config, const std::string& name) {
  return config.witness_dir + "/witness-" + name;
}

// Whole or not at all, and still there after the power went.
bool write_whole(const std::string& path, const std::string& text) {
  const std::string fresh = path + "." + std::to_string(getpid());
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (fd < 0) return false;
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fdatasync(fd) == 0;
  close(fd);
  if (written && std::rename(fresh.c_str(), path.c_str()) == 0) return true;
  unlink(fresh.c_str());
  return false;
}

}  // namespace

RestoreGuard::RestoreGuard(const Config& config, Pg& pg, Redis& redis)
    : config_(config), pg_(pg), redis_(redis) {}

Status RestoreGuard::learn_name() {
  if (!name_.empty()) return Done{};
  const PgRows rows = TRY(pg_.run(sql::guard_name, {}));
  name_ = rows.text(0, 0);
  return Done{};
}

std::optional<Instant> RestoreGuard::seen_elsewhere() {
  std::optional<Instant> latest = seen_;
  const auto hear = [&](const std::optional<Instant>& said) {
    if (said && (!latest || *said > *latest)) latest = said;
  };
  if (const auto reply = redis_.run({"GET", key_of(name_)})) hear(instant_of(reply->text));
  if (!config_.witness_dir.empty()) {
    std::ifstream file(path_of(config_, name_));
    std::string line;
    if (std::getline(file, line)) hear(instant_of(line));
  }
  return latest;
}

void RestoreGuard::keep_in_file(Instant seen) {
  const std::string path = path_of(config_, name_);
  if (write_whole(path, std::to_string(unix_micros(seen)) + "\n")) return;
  counter("dundun_witness_failed_total").add();
  log(LogLevel::kWarning, "witness_not_written", {{"path", std::string_view(path)}});
}

// Of several schedulers one may write a little less than another just did: the next look is later.
void RestoreGuard::keep(Instant seen) {
  seen_ = seen;
  (void)redis_.run({"SET", key_of(name_), std::to_string(unix_micros(seen))});
  if (!config_.witness_dir.empty()) keep_in_file(seen);
}

RestoreGuard::State RestoreGuard::look() {
  if (!learn_name()) return State::kUnknown;
  const std::optional<Instant> witness = seen_elsewhere();
  const auto marked = pg_.run(sql::guard_mark, {witness});
  if (!marked) return State::kUnknown;
  const State state = marked->size() == 1 ? State::kOpen : judge(witness);
  if (marked->size() == 1) keep(marked->instant(0, sql::guard_mark.seen_at));
  gauge("dundun_held").set(state == State::kHeld ? 1 : 0);
  return state;
}

RestoreGuard::State RestoreGuard::judge(const std::optional<Instant>& witness) {
  const auto judged = pg_.run(sql::guard_judge, {witness});
  const auto state = pg_.run(sql::guard_state, {});
  if (!judged || !state || state->size() != 1) return State::kUnknown;
  if (state->is_null(0, sql::guard_state.held_at)) {
    log(LogLevel::kWarning, "another_server_has_all");  // a standby was promoted
    return State::kOpen;
  }
  if (!std::exchange(was_held_, true)) {
    log(LogLevel::kError, "database_was_restored",
        {{"detail", state->text(0, sql::guard_state.held_because)}, {"mend", "dundunctl resume"}});
  }
  return State::kHeld;
}

}  // namespace dundun
