#include "common/web/run_binary.h"
#include "handlers/bulk/endpoints.h"
#include "handlers/bulk/schemas.h"

int main() {
  namespace schemas = dundun::schemas::bulk;
  return dundun::run_binary("bulk", dundun::kBulkEndpoints, {schemas::kTypes, schemas::kOperations},
                            dundun::Needs::kSends);
}
