// Networks from which a key may be used.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dundun {

// An IPv4 or IPv6 network; IPv4 is kept as IPv4-mapped IPv6.
struct Network {
  std::array<uint8_t, 16> bytes{};
  int prefix_bits = 128;

  // "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". nullopt for anything else, and if bits after the
  // prefix are set.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const Network& address) const;
};

// Whether an address, as nginx writes it, is in one of the networks.
bool any_contains(const std::vector<Network>& networks, std::string_view address);

}  // namespace dundun
