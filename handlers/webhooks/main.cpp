#include "common/web/run_binary.h"
#include "handlers/webhooks/endpoints.h"

int main() {
  return dundun::run_binary("webhooks", dundun::kWebhookEndpoints, dundun::Needs::kReads);
}
