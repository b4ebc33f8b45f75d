// The questions to handlers/routes.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_routes() {
  ask("GET /routes");
  ask("GET /routes/{code}", "/routes/ESMS_KE");
  refused(ask("GET /routes/{code}", "/routes/nowhere"), 404, R"("Route not found")");
  ask("GET /routes/health");
  ask("GET /pricing");
  ask("GET /healthz");
  ask("GET /readyz");
}

}  // namespace openapi_test
}  // namespace dundun
