#include "common/base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <mutex>

#include "common/base/json_text.h"
#include "common/base/time.h"

namespace dundun {

namespace {

std::atomic<LogLevel> level_min{LogLevel::kInfo};
std::mutex program_mutex;
std::string program_name;  // guarded by program_mutex

std::string_view level_text(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

void append_value(std::string& line, std::string_view text) { append_json_string(line, text); }

void append_value(std::string& line, int64_t number) { line += std::to_string(number); }

void append_value(std::string& line, double number) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const bool printable = error == std::errc() && std::isfinite(number);
  line += printable ? std::string_view(digits.data(), static_cast<size_t>(end - digits.data()))
                    : std::string_view("null");
}

}  // namespace

void set_log_level(LogLevel level) { level_min.store(level, std::memory_order_relaxed); }

void set_log_program(std::string_view program) {
  std::lock_guard lock(program_mutex);
  program_name = program;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < level_min.load(std::memory_order_relaxed)) return;
  std::string line = "{\"at\":\"" + format_z_ms(now()) + "\",\"level\":\"";
  line.append(level_text(level)).append("\",\"program\":");
  {
    std::lock_guard lock(program_mutex);
    append_json_string(line, program_name);
  }
  line += ",\"event\":";
  append_json_string(line, event);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    std::visit([&line](const auto& value) { append_value(line, value); }, field.value);
  }
  line += "}\n";
  // A log that cannot be written has nowhere to say so.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace dundun
