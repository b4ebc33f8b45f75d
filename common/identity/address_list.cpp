#include "common/identity/address_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace dundun {
namespace {

constexpr int kMappedBits = 96;

// How many leading bits two addresses share.
int shared_bits(const Network& a, const Network& b) {
  int bits = 0;
  while (bits < 128) {
    const auto i = static_cast<size_t>(bits / 8);
    if (((a.bytes[i] ^ b.bytes[i]) & (0x80 >> bits % 8)) != 0) return bits;
    ++bits;
  }
  return bits;
}

bool has_host_bits(const Network& network) {
  for (int bit = network.prefix_bits; bit < 128; ++bit) {
    if ((network.bytes[static_cast<size_t>(bit / 8)] & (0x80 >> bit % 8)) != 0) return true;
  }
  return false;
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Network network;
  const bool is_v4 = address.find(':') == std::string::npos;
  if (is_v4) {
    network.bytes[10] = network.bytes[11] = 0xff;
    if (inet_pton(AF_INET, address.c_str(), &network.bytes[12]) != 1) return std::nullopt;
  } else if (inet_pton(AF_INET6, address.c_str(), network.bytes.data()) != 1) {
    return std::nullopt;
  }
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 ||
      bits > (is_v4 ? 32 : 128)) {
    return std::nullopt;
  }
  network.prefix_bits = is_v4 ? kMappedBits + bits : bits;
  if (has_host_bits(network)) return std::nullopt;
  return network;
}

bool Network::contains(const Network& address) const {
  return shared_bits(*this, address) >= prefix_bits;
}

bool any_contains(const std::vector<Network>& networks, std::string_view address) {
  const std::optional<Network> parsed = Network::parse(address);
  return parsed &&
         std::ranges::any_of(networks, [&](const Network& each) { return each.contains(*parsed); });
}

}  // namespace dundun
