// Every answer that a test sees from the product is what openapi.json says.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/http_client.h"

namespace dundun {

// Fails the running test if the answer is not as documented. What no operation answers (a path that
// is not there, what nginx refuses by itself) is let pass; of each operation and status the first
// hundred are looked at.
void expect_documented(std::string_view method, std::string_view target, const HttpAnswer& answer);
// The same of a call to a customer's server.
void expect_documented_event(const std::string& body);

}  // namespace dundun
