// Reads settings from the environment, and remembers the first wrong one. For config.cpp.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

#include "common/base/log.h"
#include "common/base/redis_url.h"
#include "common/base/result.h"

namespace dundun {

inline std::string environment_text(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? std::string() : std::string(text);
}

inline Error wrong_setting(const std::string& variable, const char* why) {
  return fail(ErrorCode::kInvalidRequest, variable + " " + why);
}

enum class Presence { kOptional, kRequired };

// Remembers the first wrong variable, so that the list below stays a list.
class Environment {
 public:
  std::string required(const char* variable) {
    std::string text = given(variable);
    if (text.empty()) complain(variable, "is not set");
    return text;
  }

  // The variable, or what stands in the file that NAME_FILE names: more eyes see an environment
  // than a file.
  std::string given(const char* variable) {
    const std::string with_file = std::string(variable) + "_FILE";
    const std::string path = environment_text(with_file.c_str());
    std::string text = environment_text(variable);
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
    if (!address && !first_error_) first_error_ = address.error();
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
    const std::string text = environment_text(variable);
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
    std::ifstream file(required(variable));
    std::string digits;
    file >> digits;
    std::string key(kDigits / 2, '\0');
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
    const std::string text = environment_text(variable);
    if (!text.empty() && text != first && text != second) complain(variable, "is neither word");
    return text == second;
  }

  LogLevel log_level() {
    const std::string text = environment_text("LOG_LEVEL");
    if (text.empty() || text == "info") return LogLevel::kInfo;
    if (text == "debug") return LogLevel::kDebug;
    if (text == "warning") return LogLevel::kWarning;
    if (text == "error") return LogLevel::kError;
    complain("LOG_LEVEL", "is none of debug, info, warning, error");
    return LogLevel::kInfo;
  }

  void complain(const std::string& variable, const char* why) {
    if (!first_error_) first_error_ = wrong_setting(variable, why);
  }

  const std::optional<Error>& first_error() const { return first_error_; }

 private:
  std::optional<Error> first_error_;
};

}  // namespace dundun
