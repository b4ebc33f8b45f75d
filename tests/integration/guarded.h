// Every endpoint of every table that somebody has to have a right for.
#pragma once

#include <string>
#include <vector>

#include "common/web/endpoint.h"

namespace dundun {

std::vector<const Endpoint*> guarded();
// With the second dialect, whose errors have another form.
std::vector<const Endpoint*> guarded_in_both();

// The path under /v1, with `id` for each {…}.
std::string target(const Endpoint& endpoint, const std::string& id);
bool has_id(const Endpoint& endpoint);
// "GET /messages/{id}"
std::string named(const Endpoint& endpoint);

}  // namespace dundun
