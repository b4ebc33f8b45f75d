#include "common/web/run_binary.h"
#include "handlers/contacts/endpoints.h"
#include "handlers/contacts/schemas.h"

int main() {
  namespace schemas = dundun::schemas::contacts;
  return dundun::run_binary("contacts", dundun::kContactEndpoints,
                            {schemas::kTypes, schemas::kOperations}, dundun::Needs::kUploads);
}
