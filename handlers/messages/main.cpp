#include "common/web/run_binary.h"
#include "handlers/messages/routes.h"

int main() {
  return dundun::run_binary("messages", dundun::kMessageEndpoints, dundun::Needs::kSends);
}
