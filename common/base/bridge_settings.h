// What the bridge has beside the settings of all programs (deploy/ws-bridge.md).
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/result.h"

namespace dundun {

struct BridgeReading;

struct BridgeSettings {
  std::string listen_path;  // WS_LISTEN=unix:/path; else host and port
  std::string listen_host;  // WS_LISTEN=host:port
  int listen_port = 0;
  std::vector<std::string> allowed_origins;   // WS_ALLOWED_ORIGINS, comma between
  std::chrono::seconds auth_timeout{10};      // WS_AUTH_TIMEOUT_S
  std::chrono::seconds ping_interval{30};     // WS_PING_INTERVAL_S
  std::chrono::seconds upgrade_timeout{10};   // WS_UPGRADE_TIMEOUT_S
  std::chrono::seconds silence_ping{60};      // WS_SILENCE_PING_S: an RFC 6455 ping
  std::chrono::seconds silence_max{90};       // WS_SILENCE_MAX_S: without an answer to it
  std::chrono::seconds recheck_interval{60};  // WS_RECHECK_INTERVAL_S
  size_t queue_bytes_max = 1 << 20;           // WS_QUEUE_BYTES
  size_t message_bytes_max = 64 << 10;        // WS_MESSAGE_BYTES
  int messages_per_minute_max = 100;          // WS_MESSAGES_PER_MINUTE
  int connections_per_address_max = 100;      // WS_CONNECTIONS_PER_ADDRESS
  int connections_per_account_max = 200;      // WS_CONNECTIONS_PER_ACCOUNT

  // kInvalidRequest names the first variable that is missing or out of range.
  static Result<BridgeSettings> from_environment();
  static BridgeReading read(const Variables& variables);
};

struct BridgeReading {
  BridgeSettings settings;
  std::vector<Error> wrong;     // each begins with the name of its variable
  std::set<std::string> known;  // the settings there are, set or not
};

}  // namespace dundun
