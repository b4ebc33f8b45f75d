#include "common/web/run_binary.h"
#include "handlers/gravity/routes.h"

int main() {
  return dundun::run_binary("gravity", dundun::kGravityEndpoints, dundun::Needs::kSends);
}
