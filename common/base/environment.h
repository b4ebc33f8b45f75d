// Reads settings, and remembers what is wrong with them and which it was asked for. For config.cpp
// and bridge_settings.cpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/redis_url.h"
#include "common/base/result.h"

namespace dundun {

inline Error wrong_setting(const std::string& variable, const char* why) {
  return fail(ErrorCode::kInvalidRequest, variable + " " + why);
}

enum class Presence { kOptional, kRequired };

// Remembers the wrong variables, so that a list of settings stays a list.
class Environment {
 public:
  explicit Environment(const Variables& variables) : variables_(variables) {}

  std::string text(const std::string& variable) {
    known_.insert(variable);
    const auto found = variables_.find(variable);
    return found == variables_.end() ? std::string() : found->second;
  }

  // A setting that only matters beside another one is no unknown one without it.
  void know(std::initializer_list<const char*> variables) {
    for (const char* const variable : variables) known_.insert(variable);
  }

  std::string required(const char* variable) {
    const size_t before = wrong_.size();
    std::string text = given(variable);
    if (text.empty() && wrong_.size() == before) complain(variable, "is not set");
    return text;
  }

  // The variable, or what stands in the file that NAME_FILE names: more eyes see an environment
  // than a file.
  std::string given(const char* variable) {
    const std::string with_file = std::string(variable) + "_FILE";
    const std::string path = this->text(with_file);
    std::string text = this->text(variable);
    if (path.empty()) return text;
    if (!text.empty()) complain(with_file, "is set beside the variable itself");
    std::ifstream file(path);
    if (!file.is_open() || std::filesystem::is_directory(path)) {
      complain(with_file, "names a file that cannot be read");
      return text;
    }
    text.assign(std::istreambuf_iterator<char>(file), {});
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) complain(with_file, "names an empty file");
    return text;
  }

  std::string redis_url(Presence presence) {
    std::string url = presence == Presence::kRequired ? required("REDIS_URL") : given("REDIS_URL");
    if (url.empty()) return url;
    const auto address = parse_redis_url(url);
    if (!address) wrong_.push_back(address.error());
    return url;
  }

  // A secret that could be guessed is none.
  std::string secret(const char* variable) {
    constexpr size_t kBytesMin = 16;
    std::string text = required(variable);
    if (!text.empty() && text.size() < kBytesMin) complain(variable, "is too short");
    return text;
  }

  template <class Int>
  void number(const char* variable, Int& target, int64_t least = 1,
              int64_t most = std::numeric_limits<int>::max()) {
    const std::string text = this->text(variable);
    if (text.empty()) return;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      complain(variable, "is no number");
    } else if (value < least || value > most) {
      complain(variable, "is out of range");
    } else {
      target = static_cast<Int>(value);
    }
  }

  void milliseconds(const char* variable, std::chrono::milliseconds& target, int64_t least = 1) {
    int64_t count = target.count();
    number(variable, count, least);
    target = std::chrono::milliseconds(count);
  }

  void seconds(const char* variable, std::chrono::seconds& target) {
    int64_t count = target.count();
    number(variable, count, 1);
    target = std::chrono::seconds(count);
  }

  void hours(const char* variable, std::chrono::hours& target) {
    int64_t count = target.count();
    number(variable, count, 1);
    target = std::chrono::hours(count);
  }

  // 32 bytes from a file that holds 64 hex digits.
  std::string key_file(const char* variable) {
    constexpr size_t kDigits = 64;
    const std::string path = text(variable);
    std::string key(kDigits / 2, '\0');
    if (path.empty()) {
      complain(variable, "is not set");
      return key;
    }
    std::ifstream file(path);
    std::string digits;
    file >> digits;
    bool good = digits.size() == kDigits;
    for (size_t i = 0; good && i < key.size(); ++i) {
      const char* const pair = digits.data() + 2 * i;
      uint8_t byte = 0;
      good = std::from_chars(pair, pair + 2, byte, 16).ptr == pair + 2;
      key[i] = static_cast<char>(byte);
    }
    if (!good) complain(variable, "names no file with 64 hex digits");
    return key;
  }

  // Whether it is the second word; unset it is the first.
  bool either(const char* variable, const char* first, const char* second) {
    const std::string text = this->text(variable);
    if (!text.empty() && text != first && text != second) complain(variable, "is neither word");
    return text == second;
  }

  LogLevel log_level() {
    const std::string text = this->text("LOG_LEVEL");
    if (text.empty() || text == "info") return LogLevel::kInfo;
    if (text == "debug") return LogLevel::kDebug;
    if (text == "warning") return LogLevel::kWarning;
    if (text == "error") return LogLevel::kError;
    complain("LOG_LEVEL", "is none of debug, info, warning, error");
    return LogLevel::kInfo;
  }

  // https://host[:port] without a path, where browsers reach us; http is for trying.
  std::string origin(const char* variable, Presence presence) {
    std::string url = presence == Presence::kRequired ? required(variable) : text(variable);
    while (url.ends_with('/')) url.pop_back();
    std::string_view rest = url;
    for (const std::string_view scheme : {"https://", "http://"}) {
      if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
    }
    if (!url.empty() && (rest.size() == url.size() || rest.empty() ||
                         rest.find_first_of("/?# @") != std::string_view::npos)) {
      complain(variable, "is no https://host[:port]");
    }
    return url;
  }

  // Words with commas between them.
  std::vector<std::string> list(const char* variable) {
    const std::string whole = text(variable);
    std::vector<std::string> items;
    for (std::string_view rest = whole; !rest.empty();) {
      std::string_view item = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
      while (item.starts_with(' ')) item.remove_prefix(1);
      while (item.ends_with(' ')) item.remove_suffix(1);
      if (!item.empty()) items.emplace_back(item);
    }
    return items;
  }

  // 0 or 1.
  void yes_or_no(const char* variable, int& target) {
    const std::string text = this->text(variable);
    if (!text.empty() && text != "0" && text != "1") complain(variable, "is neither 0 nor 1");
    if (!text.empty()) target = text == "1" ? 1 : 0;
  }

  void complain(const std::string& variable, const char* why) {
    wrong_.push_back(wrong_setting(variable, why));
  }

  const std::vector<Error>& wrong() const { return wrong_; }
  const std::set<std::string>& known() const { return known_; }

 private:
  const Variables& variables_;
  std::vector<Error> wrong_;
  std::set<std::string> known_;
};

}  // namespace dundun
