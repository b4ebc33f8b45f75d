#include "common/web/main.h"

#include "handlers/routes/routes.h"

int main() { return dundun::run_binary("routes", dundun::kRouteEndpoints, dundun::Needs::kReads); }
