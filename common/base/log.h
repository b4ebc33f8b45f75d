// One JSON line an event on stderr. Never message text, keys, or a full number.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace dundun {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view name;
  std::variant<std::string_view, int64_t, double> value;
};

void set_log_level(LogLevel level);
void set_log_program(std::string_view program);  // "messages", "scheduler" …
// {"at":"…Z","level":"info","program":"messages","event":"request","status":200,…}
// One write(2) a line, so lines of several processes never mix.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace dundun
