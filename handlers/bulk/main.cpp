#include "common/web/run_binary.h"
#include "handlers/bulk/endpoints.h"

int main() { return dundun::run_binary("bulk", dundun::kBulkEndpoints, dundun::Needs::kSends); }
