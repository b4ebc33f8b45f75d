#include "common/web/run_binary.h"
#include "handlers/gravity/endpoints.h"
#include "handlers/gravity/schemas.h"

int main() {
  namespace schemas = dundun::schemas::gravity;
  return dundun::run_binary("gravity", dundun::kGravityEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kSends);
}
