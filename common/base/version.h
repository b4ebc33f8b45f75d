// Which release this program is.
#pragma once

#include <string_view>

namespace dundun {

// The first line of the file VERSION: major.minor.patch (deploy/releasing.md).
std::string_view version();

}  // namespace dundun
