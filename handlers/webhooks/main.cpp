#include "common/web/main.h"

#include "handlers/webhooks/routes.h"

int main() {
  return dundun::run_binary("webhooks", dundun::kWebhookEndpoints, dundun::Needs::kReads);
}
