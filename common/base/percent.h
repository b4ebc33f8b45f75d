// Percent escapes of URLs (RFC 3986 section 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dundun {

// Decodes the percent escapes of one segment or query part; `plus` says whether `+` is a space.
// nullopt for a broken escape, and mostly for %00, which no id, name or filter of ours can have;
// what carriers bring may be any octets.
enum class Plus { kLiteral, kSpace };
enum class Nul { kRefused, kKept };
std::optional<std::string> percent_decode(std::string_view text, Plus plus,
                                          Nul nul = Nul::kRefused);

// A query or form value as it is sent.
std::string percent_encode(std::string_view text);

}  // namespace dundun
