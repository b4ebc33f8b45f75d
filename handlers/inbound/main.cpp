#include "common/web/run_binary.h"
#include "handlers/inbound/endpoints.h"

int main() {
  return dundun::run_binary("inbound", dundun::kInboundEndpoints, dundun::Needs::kReads);
}
