#include "common/web/run_binary.h"
#include "handlers/carrier/endpoints.h"
#include "handlers/carrier/schemas.h"

int main() {
  namespace schemas = dundun::schemas::carrier;
  return dundun::run_binary("carrier", dundun::kCarrierEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kSends);
}
