#include "common/web/run_binary.h"
#include "handlers/routes/endpoints.h"

int main() { return dundun::run_binary("routes", dundun::kRouteEndpoints, dundun::Needs::kReads); }
