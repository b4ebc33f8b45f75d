#include "common/base/version.h"

#include "base/release.h"

namespace dundun {

std::string_view version() { return kVersion; }

}  // namespace dundun
