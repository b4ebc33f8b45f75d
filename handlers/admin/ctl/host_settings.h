// The settings of each program as its unit gives them to it: /etc/dundun/env, /etc/dundun/NAME.env,
// and secrets in /etc/dundun/credentials.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/config.h"

namespace dundun {

inline constexpr const char* kEtc = "/etc/dundun";

// All that take their settings from the environment.
inline constexpr std::array<const char*, 16> kPrograms{
    "messages",  "bulk",      "contacts",  "account",  "routes",   "session",
    "admin",     "carrier",   "inbound",   "verify",   "webhooks", "gravity",
    "scheduler", "ws-bridge", "reconcile", "dundunctl"};

struct SettingsFile {
  std::string path;
  Variables variables;
  std::vector<std::string> faults;  // "line 3 is no NAME=value"
};

// As systemd reads an EnvironmentFile: NAME=value, quotes around a value, lines of # and ;.
// None of the two: the file is not there.
SettingsFile read_settings_file(const std::string& path);

// What this process has, beneath it the files of `etc`, beneath them a NAME_FILE for each file of
// etc/credentials (database-url: DATABASE_URL_FILE; secrets-key: SECRETS_KEY_FILE).
Variables host_settings(const std::string& etc, std::string_view program);

}  // namespace dundun
