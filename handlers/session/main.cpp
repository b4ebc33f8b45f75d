#include "common/web/run_binary.h"
#include "handlers/session/endpoints.h"

int main() {
  return dundun::run_binary("session", dundun::kSessionEndpoints, dundun::Needs::kReads);
}
