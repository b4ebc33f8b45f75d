#include "common/base/redis_url.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base/percent.h"

namespace dundun {
namespace {

constexpr int kDatabaseMax = 65'535;
constexpr int kPortMax = 65'535;

Error wrong_url(const char* why) {
  return fail(ErrorCode::kInvalidRequest, std::string("REDIS_URL ") + why);
}

std::optional<int> number_up_to(std::string_view digits, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Takes "user:password@" off the front. A password may hold an "@": the last one ends it.
Status take_user(std::string_view& rest, std::string_view authority, RedisAddress& address) {
  const size_t at = authority.rfind('@');
  if (at == authority.npos) return Done{};
  const std::string_view who = authority.substr(0, at);
  rest.remove_prefix(at + 1);
  const size_t colon = who.find(':');
  const auto user = percent_decode(who.substr(0, colon), Plus::kLiteral);
  const auto password = percent_decode(
      colon == who.npos ? std::string_view() : who.substr(colon + 1), Plus::kLiteral);
  if (!user || !password) return wrong_url("has a broken percent escape before the @");
  address.user = *user;
  address.password = *password;
  return Done{};
}

Status read_database(std::string_view digits, RedisAddress& address) {
  if (digits.empty()) return Done{};
  const auto database = number_up_to(digits, kDatabaseMax);
  if (!database) return wrong_url("names no database from 0 to 65535 behind the address");
  address.database = *database;
  return Done{};
}

// "?db=3"; a socket's path leaves no other place for it.
Status take_query(std::string_view& rest, RedisAddress& address) {
  const size_t mark = rest.rfind('?');
  if (mark == rest.npos) return Done{};
  std::string_view query = rest.substr(mark + 1);
  rest = rest.substr(0, mark);
  if (!take_prefix(query, "db=") || query.empty()) return wrong_url("knows only ?db= behind the ?");
  return read_database(query, address);
}

Status read_host(std::string_view text, RedisAddress& address) {
  std::string_view port;
  if (take_prefix(text, "[")) {  // IPv6
    const size_t end = text.find(']');
    if (end == text.npos) return wrong_url("has a [ without its ]");
    address.host = text.substr(0, end);
    port = text.substr(end + 1);
  } else {
    const size_t colon = std::min(text.find(':'), text.size());
    address.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (address.host.empty()) return wrong_url("names no host");
  if (port.empty()) return Done{};
  const auto number = take_prefix(port, ":") ? number_up_to(port, kPortMax) : std::nullopt;
  if (!number || *number == 0) return wrong_url("names no port from 1 to 65535");
  address.port = *number;
  return Done{};
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  RedisAddress address;
  if (url.starts_with("rediss://")) {
    return wrong_url(
        "asks for TLS (rediss://), which the hiredis of this system cannot speak: let a stunnel "
        "beside this process speak it (deploy/redis/README.md), and name its address");
  }
  if (take_prefix(url, "unix:")) {
    TRY(take_query(url, address));
    if (take_prefix(url, "//")) TRY(take_user(url, url, address));
    address.path = url;
    if (!address.path.starts_with('/')) return wrong_url("names no path of a socket");
    return address;
  }
  if (!take_prefix(url, "redis://")) {
    return wrong_url("is neither redis://host:port/database nor unix:/path");
  }
  TRY(take_query(url, address));
  // An "@" behind the host's "/" is none of ours, but a password may hold a "/".
  TRY(take_user(url, url, address));
  const size_t slash = std::min(url.find('/'), url.size());
  TRY(read_host(url.substr(0, slash), address));
  url.remove_prefix(slash);
  take_prefix(url, "/");
  TRY(read_database(url, address));
  return address;
}

}  // namespace dundun
