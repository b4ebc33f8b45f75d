#include "common/web/run_binary.h"
#include "handlers/account/endpoints.h"
#include "handlers/account/schemas.h"

int main() {
  namespace schemas = dundun::schemas::account;
  return dundun::run_binary("account", dundun::kAccountEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kWrites);
}
