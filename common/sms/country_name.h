// Country names, also of countries that we have no route to.
#pragma once

#include <string>

namespace dundun {

// The English name of an ISO 3166-1 alpha-2 code by ICU's CLDR data: "KE" -> "Kenya".
std::string country_name(const std::string& country);

}  // namespace dundun
