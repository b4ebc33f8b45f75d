// A carrier's secrets, which must not be in the database. Each carrier has a file in
// CARRIER_SECRETS_DIR, with its name, lines NAME=value, and readable by the service's user only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace dundun {

using CarrierSecrets = std::map<std::string, std::string, std::less<>>;

// Lower-case letters, digits and '-', at most 40, because a carrier's name is also a file's name.
bool is_carrier_name(std::string_view name);

// kNotFound: no such name or file.
Result<CarrierSecrets> read_carrier_file(const std::string& folder, std::string_view name);

}  // namespace dundun
