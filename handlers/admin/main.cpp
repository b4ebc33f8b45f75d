#include "common/web/run_binary.h"
#include "handlers/admin/endpoints.h"
#include "handlers/admin/schemas.h"

int main() {
  namespace schemas = dundun::schemas::admin;
  return dundun::run_binary("admin", dundun::kAdminEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kWrites);
}
