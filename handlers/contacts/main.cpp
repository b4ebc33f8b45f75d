#include "common/web/run_binary.h"
#include "handlers/contacts/endpoints.h"

int main() {
  return dundun::run_binary("contacts", dundun::kContactEndpoints, dundun::Needs::kUploads);
}
