#include "common/web/run_binary.h"
#include "handlers/account/endpoints.h"

int main() {
  return dundun::run_binary("account", dundun::kAccountEndpoints, dundun::Needs::kWrites);
}
