#include "common/web/run_binary.h"
#include "handlers/verify/endpoints.h"
#include "handlers/verify/schemas.h"

int main() {
  namespace schemas = dundun::schemas::verify;
  return dundun::run_binary("verify", dundun::kVerifyEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kSends);
}
