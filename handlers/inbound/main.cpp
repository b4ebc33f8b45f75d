#include "common/web/main.h"

#include "handlers/inbound/routes.h"

int main() {
  return dundun::run_binary("inbound", dundun::kInboundEndpoints, dundun::Needs::kReads);
}
