// The languages that the product speaks: its mails, its pages.
#pragma once

#include <string_view>

namespace dundun {

inline constexpr std::string_view kLanguages[] = {"en", "fr", "pt", "sw"};

// The language of ours that a browser would rather have, by its Accept-Language (RFC 9110 section
// 12.5.4): "pt-BR" counts as "pt", the first one of equal weight. English if it wants none of ours.
std::string_view preferred_language(std::string_view accept_language);

}  // namespace dundun
