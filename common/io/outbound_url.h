// Customers' URLs: which ones we call, and which addresses we connect to. A URL that somebody else
// wrote must not reach our own network (SSRF): its form is checked when it is set, its addresses
// each time before it is called, and the connection goes to an address that was checked. Sources:
// IANA's special-purpose address registries, RFC 6890.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

struct sockaddr;

namespace dundun {

// An IPv4 or IPv6 address, in network order.
struct IpAddress {
  int bytes_used = 0;  // 4 or 16
  std::array<uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;

  // Dotted quads without leading zeros, and IPv6 of RFC 4291; nothing else is an address.
  static std::optional<IpAddress> parse(std::string_view text);
  static std::optional<IpAddress> of(const sockaddr* address);
  std::string text() const;
};

// Whether an address is one of the open Internet: not private, shared (CGNAT), loopback,
// link-local, multicast, reserved or documentation, and not an IPv4 address in IPv6 clothes
// (mapped, compatible, 6to4, NAT64, Teredo).
bool is_public(const IpAddress& address);

// The addresses that may be called: public ones, and those of the allow-list.
class OutboundRules {
 public:
  // "10.1.0.0/16, 127.0.0.1": kInvalidRequest when it cannot be read. Empty: public ones only.
  static Result<OutboundRules> parse(std::string_view allow_list);
  bool allows(const IpAddress& address) const { return lists(address) || is_public(address); }
  bool lists(const IpAddress& address) const;  // on the allow-list
  bool has_list() const { return !prefixes_.empty(); }

 private:
  struct Prefix {
    IpAddress address;
    int bits;
  };
  std::vector<Prefix> prefixes_;
};

inline constexpr size_t kOutboundUrlBytesMax = 2000;

// A URL of the only form we take: scheme://host[:port][/path][?query], in ASCII.
struct OutboundUrl {
  std::string text;  // scheme and host in lower case; what is called
  std::string host;  // a name, or an address without brackets
  int port = 0;
  bool tls = false;
  std::optional<IpAddress> address;  // when the host is one

  // kInvalidRequest, with words for the customer: user information, fragments, control characters,
  // host names without a dot or of our own network, numbers that are no address (0x7f.1,
  // 2130706433, 0177.0.0.1), an address that may not be called, and anything but https on 443
  // or 8443, unless the allow-list opens it: then for a name the addresses decide.
  static Result<OutboundUrl> parse(std::string_view text, const OutboundRules& rules);
};

// Whether the addresses that a URL's name stands for may all be called as the URL says. Nothing
// is skipped: one bad address condemns the name. kInvalidRequest says why not.
Status check_addresses(const OutboundUrl& url, const std::vector<IpAddress>& addresses,
                       const OutboundRules& rules);

}  // namespace dundun
