#include "common/web/run_binary.h"
#include "handlers/carrier/endpoints.h"

int main() {
  return dundun::run_binary("carrier", dundun::kCarrierEndpoints, dundun::Needs::kSends);
}
