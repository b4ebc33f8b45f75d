#include "smpp-guard/submit_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/base/time.h"
#include "smpp-guard/carrier_id.h"

namespace dundun {
namespace {

constexpr size_t kRewriteLinesMin = 100'000;

Error not_written(const std::string& path) {
  return fail(ErrorCode::kUnavailable, "The submit log cannot be written.", path);
}

// Takes from the text what it writes: after an error the rest is there for another try.
Status write_out(int fd, std::string& text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t size = write(fd, text.data(), text.size());
    if (size <= 0) return not_written(path);
    text.erase(0, static_cast<size_t>(size));
    if (text.empty() && fdatasync(fd) != 0) return not_written(path);
  }
  return Done{};
}

// A new name of a file outlives the machine's power only once its folder is written.
Status sync_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool good = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!good) return not_written(folder);
  return Done{};
}

bool has_failed(const SubmitLog::Entry& entry) {
  const bool refused = entry.state == SubmitLog::State::kAnswered && entry.answer.status != 0;
  return refused || entry.state == SubmitLog::State::kInDoubt;
}

}  // namespace

int64_t unix_now_s() { return unix_micros(now()) / 1'000'000; }

SubmitLog::SubmitLog(std::string path, const Limits& limits)
    : path_(std::move(path)), limits_(limits) {}

SubmitLog::SubmitLog(SubmitLog&& other) noexcept
    : path_(std::move(other.path_)),
      limits_(other.limits_),
      horizon_s_(other.horizon_s_),
      fd_(std::exchange(other.fd_, -1)),
      unwritten_(std::move(other.unwritten_)),
      lines_(other.lines_),
      entries_(std::move(other.entries_)),
      by_id_(std::move(other.by_id_)) {}

SubmitLog::~SubmitLog() {
  if (fd_ >= 0) close(fd_);
}

Result<SubmitLog> SubmitLog::open(const std::string& path, const Limits& limits) {
  SubmitLog log(path, limits);
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (file.eof()) break;  // without its end: the process died while it wrote it
    log.read_line(line);
  }
  for (auto& [reference, entry] : log.entries_) {
    if (entry.state == State::kWaiting) entry.state = State::kInDoubt;
    log.remember_id(reference, entry);
  }
  TRY(log.rewrite());
  return log;
}

// "S <time> <reference> <recipient>" sent, "A <time> <reference> <status> <id>" answered, "N …" not
// taken, "T …" told, "H <time> -" the horizon. A line that is not whole says nothing: what was sent
// before it stays in doubt. Earlier versions wrote no recipient.
void SubmitLog::read_line(std::string_view line) {
  std::istringstream words{std::string(line)};
  char what = 0;
  Entry entry;
  std::string reference;
  if (!(words >> what >> entry.at_s >> reference)) return;
  if (what == 'H') {
    horizon_s_ = std::max(horizon_s_, entry.at_s);
    return;
  }
  if (what == 'N') {
    entries_.erase(reference);
    return;
  }
  if (what == 'T') {
    const auto found = entries_.find(reference);
    if (found != entries_.end()) found->second.told = true;
    return;
  }
  if (what == 'A') {
    entry.state = State::kAnswered;
    if (!(words >> entry.answer.status)) return;
    words >> entry.answer.smsc_id;
  } else if (what == 'S') {
    entry.state = State::kWaiting;
    words >> std::hex >> entry.recipient;
  } else {
    return;
  }
  entries_[reference] = std::move(entry);
}

// What was refused has no id, and an id of nothing but zeros is none: receipts name neither.
void SubmitLog::remember_id(const std::string& reference, const Entry& entry) {
  if (entry.state != State::kAnswered || entry.answer.status != 0) return;
  const std::string id = normalize_carrier_id(entry.answer.smsc_id);
  if (!id.empty()) by_id_[id] = reference;
}

void SubmitLog::add_line(char what, const std::string& reference, const Entry& entry) {
  unwritten_ += what;
  unwritten_ += ' ' + std::to_string(entry.at_s) + ' ' + reference;
  if (what == 'A') {
    unwritten_ += ' ' + std::to_string(entry.answer.status) + ' ' + entry.answer.smsc_id;
  } else if (what == 'S') {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), entry.recipient, 16).ptr;
    unwritten_ += ' ' + std::string(digits.begin(), end);
  }
  unwritten_ += '\n';
  ++lines_;
}

const SubmitLog::Entry* SubmitLog::find(const std::string& reference) const {
  const auto found = entries_.find(reference);
  return found == entries_.end() ? nullptr : &found->second;
}

bool SubmitLog::may_have_forgotten(int64_t first_at_s) const {
  return first_at_s <= std::max(horizon_s_, unix_now_s() - limits_.keep.count());
}

const std::string* SubmitLog::reference_of(const std::string& smsc_id) const {
  for (const std::string& form : carrier_id_forms(normalize_carrier_id(smsc_id))) {
    const auto found = by_id_.find(form);
    if (found != by_id_.end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> SubmitLog::failed() const {
  std::vector<std::string> references;
  for (const auto& [reference, entry] : entries_) {
    if (has_failed(entry) && !entry.told) references.push_back(reference);
  }
  return references;
}

void SubmitLog::sent(const std::string& reference, uint64_t recipient) {
  Entry& entry = entries_[reference];
  entry = {State::kWaiting, false, {}, unix_now_s(), recipient};
  add_line('S', reference, entry);
}

void SubmitLog::answered(const std::string& reference, Answer answer) {
  Entry& entry = entries_[reference];
  entry = {State::kAnswered, false, std::move(answer), unix_now_s(), 0};
  remember_id(reference, entry);
  add_line('A', reference, entry);
}

void SubmitLog::not_taken(const std::string& reference) {
  entries_.erase(reference);
  add_line('N', reference, {State::kNew, false, {}, unix_now_s(), 0});
}

void SubmitLog::in_doubt(const std::string& reference) {
  auto found = entries_.find(reference);
  if (found != entries_.end() && found->second.state == State::kWaiting) {
    found->second.state = State::kInDoubt;
  }
}

void SubmitLog::told(const std::string& reference) {
  const auto found = entries_.find(reference);
  if (found == entries_.end()) return;
  found->second.told = true;
  add_line('T', reference, found->second);
}

Status SubmitLog::flush() { return write_out(fd_, unwritten_, path_); }

Status SubmitLog::forget_old() {
  forget();
  if (lines_ < kRewriteLinesMin || lines_ < 4 * entries_.size()) return Done{};
  return rewrite();
}

// What waits for its answer, and a failure that was not told yet, is not forgotten: our API has to
// hear of it, or a receipt may end the doubt.
void SubmitLog::forget() {
  horizon_s_ = std::max(horizon_s_, unix_now_s() - limits_.keep.count() - 1);
  if (entries_.size() > limits_.entries_max) {
    std::vector<int64_t> times;
    times.reserve(entries_.size());
    for (const auto& [reference, entry] : entries_) times.push_back(entry.at_s);
    const auto last =
        times.begin() + static_cast<std::ptrdiff_t>(times.size() - limits_.entries_max - 1);
    std::ranges::nth_element(times, last);
    horizon_s_ = std::max(horizon_s_, *last);
  }
  std::erase_if(entries_, [&](const auto& one) {
    const bool open = one.second.state == State::kWaiting || has_failed(one.second);
    return one.second.at_s <= horizon_s_ && (one.second.told || !open);
  });
  std::erase_if(by_id_, [&](const auto& one) { return !entries_.contains(one.second); });
}

void SubmitLog::add_all_lines() {
  lines_ = 0;
  add_line('H', "-", {State::kNew, false, {}, horizon_s_, 0});
  for (const auto& [reference, entry] : entries_) {
    add_line(entry.state == State::kAnswered ? 'A' : 'S', reference, entry);
    if (entry.told) add_line('T', reference, entry);
  }
}

// The old file stays in use until the new one is whole and has its name.
Status SubmitLog::rewrite() {
  TRY(fd_ < 0 ? Status(Done{}) : flush());
  forget();
  const std::string beside = path_ + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return not_written(beside);
  const size_t lines = lines_;
  add_all_lines();
  Status written = write_out(fd, unwritten_, beside);
  if (written && std::rename(beside.c_str(), path_.c_str()) != 0) written = not_written(path_);
  if (!written) {
    unwritten_.clear();
    lines_ = lines;
    close(fd);
    unlink(beside.c_str());
    return written;
  }
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
  return sync_folder_of(path_);
}

}  // namespace dundun
