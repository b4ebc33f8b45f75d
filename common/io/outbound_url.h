// Customers' URLs: which ones we call, and which addresses we connect to. A URL that a customer
// wrote must not reach our own network (SSRF). Its form is checked when it is set. Its addresses
// are checked before each call, and the connection goes to an address that was checked. Sources:
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

// Whether an address belongs to the open Internet. Private, shared (CGNAT), loopback, link-local,
// multicast, reserved and documentation addresses do not; IPv6 forms that hold an IPv4 address
// (mapped, compatible, 6to4, NAT64, Teredo) do not either.
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

// A URL in the only form that we take: scheme://host[:port][/path][?query], in ASCII.
struct OutboundUrl {
  std::string text;  // the URL that is called, scheme and host in lower case
  std::string host;  // a name, or an address without brackets
  int port = 0;
  bool tls = false;
  std::optional<IpAddress> address;  // when the host is one

  // kInvalidRequest, with words for the customer, for user information, fragments, control
  // characters, host names without a dot or of our own network, odd numbers as hosts (0x7f.1,
  // 2130706433, 0177.0.0.1), an address that may not be called, and anything but https on port 443
  // or 8443. The allow-list may open other schemes and ports; for a name, check_addresses() decides
  // then.
  static Result<OutboundUrl> parse(std::string_view text, const OutboundRules& rules);
};

// Whether all addresses of a URL's host name may be called, at the URL's scheme and port. One bad
// address is enough to refuse the name. kInvalidRequest says why.
Status check_addresses(const OutboundUrl& url, const std::vector<IpAddress>& addresses,
                       const OutboundRules& rules);

}  // namespace dundun
