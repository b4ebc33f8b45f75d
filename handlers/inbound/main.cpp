#include "common/web/run_binary.h"
#include "handlers/inbound/endpoints.h"
#include "handlers/inbound/schemas.h"

int main() {
  namespace schemas = dundun::schemas::inbound;
  return dundun::run_binary("inbound", dundun::kInboundEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kReads);
}
