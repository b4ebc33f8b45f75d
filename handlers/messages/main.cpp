#include "common/web/run_binary.h"
#include "handlers/messages/endpoints.h"

int main() {
  return dundun::run_binary("messages", dundun::kMessageEndpoints, dundun::Needs::kSends);
}
