#include "common/web/run_binary.h"
#include "handlers/contacts/routes.h"

int main() {
  return dundun::run_binary("contacts", dundun::kContactEndpoints, dundun::Needs::kUploads);
}
