#include "common/web/run_binary.h"
#include "handlers/inbound/routes.h"

int main() {
  return dundun::run_binary("inbound", dundun::kInboundEndpoints, dundun::Needs::kReads);
}
