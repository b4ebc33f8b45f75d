#include "ws-bridge/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace dundun {
namespace {

class Variables {
 public:
  explicit Variables(std::span<const char* const> entries) : entries_(entries) {}

  // The last entry of a name wins; empty when there is none.
  std::string_view text(std::string_view name) const {
    std::string_view found;
    for (std::string_view entry : entries_) {
      if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
        found = entry.substr(name.size() + 1);
      }
    }
    return found;
  }

  Result<int64_t> number(const char* name, int64_t otherwise) const {
    const std::string_view value = text(name);
    if (value.empty()) return otherwise;
    int64_t parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (error != std::errc() || end != value.data() + value.size() || parsed < 1 ||
        parsed > (int64_t{1} << 30)) {
      return fail(ErrorCode::kInvalidRequest, std::string(name) + " is no number from 1 to 2^30.");
    }
    return parsed;
  }

 private:
  std::span<const char* const> entries_;
};

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
  }
  return items;
}

Status read_listen(std::string_view value, BridgeSettings& settings) {
  constexpr std::string_view kUnix = "unix:";
  if (value.starts_with(kUnix) && value.size() > kUnix.size()) {
    settings.listen_path = value.substr(kUnix.size());
    return Done{};
  }
  const size_t colon = value.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    const std::string_view port = value.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), settings.listen_port);
    settings.listen_host = value.substr(0, colon);
    if (error == std::errc() && end == port.data() + port.size() && settings.listen_port > 0 &&
        settings.listen_port < 65'536) {
      return Done{};
    }
  }
  return fail(ErrorCode::kInvalidRequest, "WS_LISTEN must be unix:/path or host:port.");
}

}  // namespace

Result<BridgeSettings> BridgeSettings::read(std::span<const char* const> entries) {
  const Variables from(entries);
  BridgeSettings settings;
  TRY(read_listen(from.text("WS_LISTEN"), settings));
  settings.allowed_origins = split_list(from.text("WS_ALLOWED_ORIGINS"));
  settings.auth_timeout = std::chrono::seconds(TRY(from.number("WS_AUTH_TIMEOUT_S", 10)));
  settings.ping_interval = std::chrono::seconds(TRY(from.number("WS_PING_INTERVAL_S", 30)));
  settings.upgrade_timeout = std::chrono::seconds(TRY(from.number("WS_UPGRADE_TIMEOUT_S", 10)));
  settings.silence_ping = std::chrono::seconds(TRY(from.number("WS_SILENCE_PING_S", 60)));
  settings.silence_max = std::chrono::seconds(TRY(from.number("WS_SILENCE_MAX_S", 90)));
  settings.recheck_interval = std::chrono::seconds(TRY(from.number("WS_RECHECK_INTERVAL_S", 60)));
  settings.queue_bytes_max = static_cast<size_t>(TRY(from.number("WS_QUEUE_BYTES", 1 << 20)));
  settings.message_bytes_max = static_cast<size_t>(TRY(from.number("WS_MESSAGE_BYTES", 64 << 10)));
  settings.messages_per_minute_max =
      static_cast<int>(TRY(from.number("WS_MESSAGES_PER_MINUTE", 100)));
  settings.connections_per_address_max =
      static_cast<int>(TRY(from.number("WS_CONNECTIONS_PER_ADDRESS", 100)));
  settings.connections_per_account_max =
      static_cast<int>(TRY(from.number("WS_CONNECTIONS_PER_ACCOUNT", 200)));
  return settings;
}

}  // namespace dundun
