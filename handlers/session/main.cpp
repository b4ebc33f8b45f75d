#include "common/web/run_binary.h"
#include "handlers/session/endpoints.h"
#include "handlers/session/schemas.h"

int main() {
  namespace schemas = dundun::schemas::session;
  return dundun::run_binary("session", dundun::kSessionEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kReads);
}
