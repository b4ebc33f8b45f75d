#include "common/io/outbound_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace dundun {
namespace {

struct Range {
  const char* address;
  int bits;
};

// IPv4 that is not the open Internet's.
constexpr Range kClosed4[] = {
    {"0.0.0.0", 8},         // this network
    {"10.0.0.0", 8},        // private
    {"100.64.0.0", 10},     // shared by carriers' NAT
    {"127.0.0.0", 8},       // loopback
    {"168.63.129.16", 32},  // a cloud's metadata and DNS on a public address
    {"169.254.0.0", 16},    // link-local, metadata
    {"172.16.0.0", 12},     // private
    {"192.0.0.0", 24},      // protocol assignments
    {"192.0.2.0", 24},      // documentation
    {"192.88.99.0", 24},    // 6to4 relays
    {"192.168.0.0", 16},    // private
    {"198.18.0.0", 15},     // benchmarks
    {"198.51.100.0", 24},   // documentation
    {"203.0.113.0", 24},    // documentation
    {"224.0.0.0", 4},       // multicast
    {"240.0.0.0", 4},       // reserved, broadcast
};
// Of IPv6 only 2000::/3 is the open Internet: that leaves out ::, ::1, mapped and NAT64 addresses,
// unique local, link-local and multicast. What of 2000::/3 is closed all the same:
constexpr Range kOpen6 = {"2000::", 3};
constexpr Range kClosed6[] = {
    {"2001::", 23},      // protocol assignments, Teredo among them
    {"2001:db8::", 32},  // documentation
    {"2002::", 16},      // 6to4: an IPv4 address inside
    {"3fff::", 20},      // documentation
};

bool within(const IpAddress& address, const IpAddress& prefix, int bits) {
  if (address.bytes_used != prefix.bytes_used) return false;
  for (int bit = 0; bit < bits; bit += 8) {
    const auto place = static_cast<size_t>(bit / 8);
    const int used = std::min(8, bits - bit);
    const int mask = 0xff << (8 - used) & 0xff;
    if ((address.bytes[place] & mask) != (prefix.bytes[place] & mask)) return false;
  }
  return true;
}

bool within(const IpAddress& address, const Range& range) {
  return within(address, *IpAddress::parse(range.address), range.bits);
}

Error refuse(std::string why) { return fail(ErrorCode::kInvalidRequest, std::move(why)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_' || c == '.';
}

// What a resolver somewhere could read as a number is no name: 2130706433, 0x7f.1, 127.1.
bool looks_numeric(std::string_view host) {
  const size_t dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return last.empty() || is_digit(last.front()) || std::ranges::all_of(last, is_digit);
}

// Names that stand for machines of the caller's own network by convention.
bool is_local_name(std::string_view host) {
  if (host.find('.') == std::string_view::npos) return true;
  return std::ranges::any_of(
      std::array{".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa"},
      [host](std::string_view end) { return host.ends_with(end); });
}

Status check_name(std::string_view host) {
  constexpr size_t kNameBytesMax = 253;
  constexpr size_t kLabelBytesMax = 63;
  if (host.empty() || host.size() > kNameBytesMax) return refuse("the host name is not valid");
  if (!std::ranges::all_of(host, is_name_character)) return refuse("the host name is not valid");
  for (std::string_view rest = host; !rest.empty();) {
    const size_t end = std::min(rest.find('.'), rest.size());
    if (end == 0 || end > kLabelBytesMax) return refuse("the host name is not valid");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (host.ends_with('.') || looks_numeric(host)) return refuse("the host name is not valid");
  if (is_local_name(host)) return refuse("the host is not reachable from the Internet");
  return Done{};
}

Status check_characters(std::string_view text) {
  if (text.size() > kOutboundUrlBytesMax) return refuse("the URL is longer than 2000 characters");
  const bool plain = std::ranges::all_of(text, [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string::npos;
  });
  if (!plain) return refuse("the URL has characters that belong percent-encoded");
  if (text.find('#') != std::string_view::npos) return refuse("the URL has a fragment");
  return Done{};
}

// Takes "host", "host:port" or "[address]:port" apart; the port stays 0 when there is none.
Status split_authority(std::string_view authority, OutboundUrl& url) {
  if (authority.find('@') != std::string_view::npos) return refuse("the URL has a user name");
  std::string_view port;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return refuse("the host is not valid");
    url.host = authority.substr(1, end - 1);
    url.address = IpAddress::parse(url.host);
    if (!url.address || url.address->bytes_used != 16) return refuse("the host is not valid");
    authority.remove_prefix(end + 1);
    if (!authority.empty() && authority.front() != ':') return refuse("the host is not valid");
    port = authority;
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
    url.address = IpAddress::parse(url.host);
  }
  if (port.empty()) return Done{};
  port.remove_prefix(1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size() || url.port < 1 ||
      url.port > 65535) {
    return refuse("the port is not valid");
  }
  return Done{};
}

bool is_usual(const OutboundUrl& url) { return url.tls && (url.port == 443 || url.port == 8443); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  // inet_pton takes neither octal nor hex nor short forms, and no zone.
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.bytes_used = 4;
  } else if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.bytes_used = 16;
  } else {
    return std::nullopt;
  }
  return address;
}

std::optional<IpAddress> IpAddress::of(const sockaddr* address) {
  IpAddress result;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    result.bytes_used = 4;
    std::memcpy(result.bytes.data(), &v4.sin_addr, 4);
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    result.bytes_used = 16;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
  } else {
    return std::nullopt;
  }
  return result;
}

std::string IpAddress::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(bytes_used == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

bool is_public(const IpAddress& address) {
  const auto holds = [&address](const Range& range) { return within(address, range); };
  if (address.bytes_used == 4) return std::ranges::none_of(kClosed4, holds);
  return holds(kOpen6) && std::ranges::none_of(kClosed6, holds);
}

Result<OutboundRules> OutboundRules::parse(std::string_view allow_list) {
  OutboundRules rules;
  while (!allow_list.empty()) {
    const size_t end = std::min(allow_list.find(','), allow_list.size());
    std::string_view part = allow_list.substr(0, end);
    allow_list.remove_prefix(std::min(end + 1, allow_list.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const size_t slash = std::min(part.find('/'), part.size());
    const std::optional<IpAddress> address = IpAddress::parse(part.substr(0, slash));
    int bits = address ? 8 * address->bytes_used : 0;
    if (slash < part.size()) {
      const std::string_view text = part.substr(slash + 1);
      const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
      if (error != std::errc() || last != text.data() + text.size()) bits = -1;
    }
    if (!address || bits < 0 || bits > 8 * address->bytes_used) {
      return refuse("the list of addresses cannot be read");
    }
    rules.prefixes_.push_back({*address, bits});
  }
  return rules;
}

bool OutboundRules::lists(const IpAddress& address) const {
  return std::ranges::any_of(prefixes_, [&address](const Prefix& prefix) {
    return within(address, prefix.address, prefix.bits);
  });
}

Result<OutboundUrl> OutboundUrl::parse(std::string_view text, const OutboundRules& rules) {
  TRY(check_characters(text));
  OutboundUrl url;
  const size_t mark = text.find("://");
  const std::string scheme = lower(text.substr(0, std::min(mark, text.size())));
  if (mark == std::string_view::npos || (scheme != "https" && scheme != "http")) {
    return refuse("the URL must begin with https://");
  }
  url.tls = scheme == "https";
  text.remove_prefix(mark + 3);
  const size_t end = std::min(text.find_first_of("/?"), text.size());
  const std::string authority = lower(text.substr(0, end));
  const std::string_view target = text.substr(end);
  TRY(split_authority(authority, url));
  if (url.port == 0) url.port = url.tls ? 443 : 80;
  url.text =
      scheme + "://" + authority + (target.starts_with('/') ? "" : "/") + std::string(target);
  if (url.address) {
    TRY(check_addresses(url, {*url.address}, rules));
    return url;
  }
  TRY(check_name(url.host));
  if (is_usual(url) || rules.has_list()) return url;
  return refuse(url.tls ? "the port must be 443 or 8443" : "the URL must begin with https://");
}

Status check_addresses(const OutboundUrl& url, const std::vector<IpAddress>& addresses,
                       const OutboundRules& rules) {
  if (addresses.empty()) return refuse("the host has no address");
  for (const IpAddress& address : addresses) {
    if (rules.lists(address)) continue;
    if (!is_public(address)) return refuse("the host is not reachable from the Internet");
    if (!url.tls) return refuse("the URL must begin with https://");
    if (!is_usual(url)) return refuse("the port must be 443 or 8443");
  }
  return Done{};
}

}  // namespace dundun
