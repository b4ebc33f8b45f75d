// The OpenAPI 3.1 document of the whole product, from the route tables and the schemas beside them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/web/endpoint.h"
#include "common/web/operation.h"

namespace dundun {

// One folder under handlers/.
struct ApiGroup {
  const char* name;
  std::span<const Endpoint> endpoints;
  const char* types;  // "Name = shape" lines
  std::span<const Operation> operations;
};

struct ApiDocument {
  std::string json;
  // "no schema: GET /x" for an endpoint without an operation, "no endpoint: GET /x" for the
  // reverse, "neither idempotent nor safe to repeat: POST /x", "no tag: /x" and "no words for {id}
  // of /x/{id}" for what openapi/words.cpp does not know.
  std::vector<std::string> gaps;
};

// kInvalidRequest names the schema that cannot be read.
Result<ApiDocument> describe_api(std::span<const ApiGroup> groups);

}  // namespace dundun
