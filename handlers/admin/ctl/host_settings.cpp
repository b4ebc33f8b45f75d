#include "handlers/admin/ctl/host_settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "common/base/text.h"

namespace dundun {
namespace {

bool is_setting_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

std::string_view unquoted(std::string_view value) {
  for (const char quote : {'"', '\''}) {
    if (value.size() >= 2 && value.front() == quote && value.back() == quote) {
      return value.substr(1, value.size() - 2);
    }
  }
  return value;
}

void read_line(std::string_view line, const std::string& place, SettingsFile& file) {
  line = trimmed(line);
  if (line.empty() || line.front() == '#' || line.front() == ';') return;
  const size_t equals = line.find('=');
  const std::string name(line.substr(0, equals));
  if (equals == std::string_view::npos || !is_setting_name(name)) {
    file.faults.push_back(place + " is no NAME=value");
    return;
  }
  const std::string value(unquoted(trimmed(line.substr(equals + 1))));
  if (!file.variables.emplace(name, value).second) {
    file.faults.push_back(place + " sets " + name + " again");
  }
}

// "database-url" is DATABASE_URL_FILE.
std::string setting_of(const std::string& credential) {
  std::string name = upper_case(credential);
  std::ranges::replace(name, '-', '_');
  return name + "_FILE";
}

void add_credentials(const std::string& folder, Variables& variables) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string setting = setting_of(entry.path().filename());
    const std::string bare = setting.substr(0, setting.size() - 5);
    if (!variables.contains(setting) && !variables.contains(bare)) {
      variables.emplace(setting, entry.path());
    }
  }
}

}  // namespace

SettingsFile read_settings_file(const std::string& path) {
  SettingsFile file{path, {}, {}};
  std::ifstream lines(path);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    read_line(line, "line " + std::to_string(++number), file);
  }
  return file;
}

Variables host_settings(const std::string& etc, std::string_view program) {
  Variables variables = process_environment();
  for (const std::string& name : {std::string(program) + ".env", std::string("env")}) {
    variables.merge(read_settings_file(etc + "/" + name).variables);
  }
  add_credentials(etc + "/credentials", variables);
  return variables;
}

}  // namespace dundun
