#include "common/web/run_binary.h"
#include "handlers/routes/endpoints.h"
#include "handlers/routes/schemas.h"

int main() {
  namespace schemas = dundun::schemas::routes;
  return dundun::run_binary("routes", dundun::kRouteEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kReads);
}
