#include "common/web/run_binary.h"
#include "handlers/gravity/endpoints.h"

int main() {
  return dundun::run_binary("gravity", dundun::kGravityEndpoints, dundun::Needs::kSends);
}
