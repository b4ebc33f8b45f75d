// What the endpoints of API keys share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/time.h"
#include "common/identity/caller.h"
#include "common/io/json.h"

namespace dundun {

void write_texts(JsonWriter& json, const char* name, const std::vector<std::string>& texts);
void write_time(JsonWriter& json, const char* name, std::optional<Instant> at);

struct KeyRequest {
  std::string name;
  Environment environment;
  std::vector<std::string> scopes;
  std::vector<std::string> allowed_ips;
  std::optional<Instant> expires_at;
};

// `scopes` as a comma list or an array, `allowed_ips` an array of addresses and networks,
// `expires_at` in the future. kValidation names the field.
Result<KeyRequest> parse_key_request(const std::string& body);

}  // namespace dundun
