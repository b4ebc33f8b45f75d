#include "common/base/bridge_settings.h"

#include <charconv>
#include <string_view>

#include "common/base/environment.h"

namespace dundun {
namespace {

void read_listen(Environment& environment, BridgeSettings& settings) {
  constexpr std::string_view kUnix = "unix:";
  const std::string value = environment.required("WS_LISTEN");
  if (value.empty()) return;
  if (value.starts_with(kUnix) && value.size() > kUnix.size()) {
    settings.listen_path = value.substr(kUnix.size());
    return;
  }
  const size_t colon = value.rfind(':');
  if (colon != std::string::npos && colon > 0) {
    const std::string_view port = std::string_view(value).substr(colon + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), settings.listen_port);
    settings.listen_host = value.substr(0, colon);
    if (error == std::errc() && end == port.data() + port.size() && settings.listen_port > 0 &&
        settings.listen_port < 65'536) {
      return;
    }
  }
  environment.complain("WS_LISTEN", "is neither unix:/path nor host:port");
}

}  // namespace

BridgeReading BridgeSettings::read(const Variables& variables) {
  Environment environment(variables);
  BridgeSettings settings;
  read_listen(environment, settings);
  settings.allowed_origins = environment.list("WS_ALLOWED_ORIGINS");
  environment.seconds("WS_AUTH_TIMEOUT_S", settings.auth_timeout);
  environment.seconds("WS_PING_INTERVAL_S", settings.ping_interval);
  environment.seconds("WS_UPGRADE_TIMEOUT_S", settings.upgrade_timeout);
  environment.seconds("WS_SILENCE_PING_S", settings.silence_ping);
  environment.seconds("WS_SILENCE_MAX_S", settings.silence_max);
  environment.seconds("WS_RECHECK_INTERVAL_S", settings.recheck_interval);
  environment.number("WS_QUEUE_BYTES", settings.queue_bytes_max);
  environment.number("WS_MESSAGE_BYTES", settings.message_bytes_max);
  environment.number("WS_MESSAGES_PER_MINUTE", settings.messages_per_minute_max);
  environment.number("WS_CONNECTIONS_PER_ADDRESS", settings.connections_per_address_max);
  environment.number("WS_CONNECTIONS_PER_ACCOUNT", settings.connections_per_account_max);
  return {settings, environment.wrong(), environment.known()};
}

Result<BridgeSettings> BridgeSettings::from_environment() {
  BridgeReading reading = read(process_environment());
  if (!reading.wrong.empty()) return std::move(reading.wrong.front());
  return std::move(reading.settings);
}

}  // namespace dundun
