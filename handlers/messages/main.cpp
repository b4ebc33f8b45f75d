#include "common/web/run_binary.h"
#include "handlers/messages/endpoints.h"
#include "handlers/messages/schemas.h"

int main() {
  namespace schemas = dundun::schemas::messages;
  return dundun::run_binary("messages", dundun::kMessageEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kSends);
}
