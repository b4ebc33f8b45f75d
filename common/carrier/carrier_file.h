// What must not stand in the database about a carrier: a file of its own in CARRIER_SECRETS_DIR,
// named after it, with lines NAME=value, readable by the service's user only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

using CarrierSecrets = std::map<std::string, std::string, std::less<>>;

// Lower-case letters, digits and '-', at most 40: a carrier's name is a file's name too.
bool is_carrier_name(std::string_view name);

// kNotFound: no such name or file.
Result<CarrierSecrets> read_carrier_file(const std::string& folder, std::string_view name);

}  // namespace dundun
