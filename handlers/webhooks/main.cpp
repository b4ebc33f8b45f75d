#include "common/web/run_binary.h"
#include "handlers/webhooks/endpoints.h"
#include "handlers/webhooks/schemas.h"

int main() {
  namespace schemas = dundun::schemas::webhooks;
  return dundun::run_binary("webhooks", dundun::kWebhookEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kReads);
}
