#include "common/web/main.h"

#include "handlers/bulk/routes.h"

int main() { return dundun::run_binary("bulk", dundun::kBulkEndpoints, dundun::Needs::kSends); }
