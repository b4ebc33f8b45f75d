// The world's numbering plans: the library's own are as old as the distribution. Newer ones come
// with the build (numbering_plans.txt, made by deploy/numbering/plans.mjs), and from a file of the
// operator's, which replaces those of the countries that it has.
#pragma once

#include <string>

#include "common/base/result.h"

namespace dundun {

// Before the first number is read. Empty: only those of the build. kInvalidRequest, which names the
// line, if the file cannot be used.
Status use_numbering_plans(const std::string& file);

// From here on they are what they are.
void settle_numbering_plans();

}  // namespace dundun
