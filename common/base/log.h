// One line of JSON on stderr for each event. Never log a message's text, a key or a full number.
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
// Each line is one write(2), so the lines of several processes never mix.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace dundun
