// Phone numbers as people's files hold them.
#pragma once

#include <string>
#include <string_view>

namespace dundun {

// "+" and the ASCII digits of a written number: what people and spreadsheets put around them goes
// (spaces, dashes, brackets, slashes, invisible characters, a quote before it or around it, ="…"),
// digits may be of any script; 00 and a missing + are understood, not both at once. Empty when it
// holds anything else. A dot is no such sign: 254712345678.0, as spreadsheets write numbers, would
// be somebody else's.
std::string plain_number(std::string_view written);

// Whether a number that is not valid looks like one without its country code.
bool looks_national(std::string_view written);

}  // namespace dundun
