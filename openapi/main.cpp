// Prints openapi.json. A schema that cannot be read fails the build; an endpoint without one is
// named here, and fails the tests.
#include <cstdio>

#include "openapi/groups.h"

int main() {
  const auto document = dundun::describe_api(dundun::kApiGroups);
  if (!document) {
    std::fprintf(stderr, "openapi: %s\n", document.error().message.c_str());
    return 1;
  }
  for (const std::string& gap : document->gaps) std::fprintf(stderr, "openapi: %s\n", gap.c_str());
  std::fputs(document->json.c_str(), stdout);
  return 0;
}
