#include "common/web/run_binary.h"
#include "handlers/admin/routes.h"

int main() { return dundun::run_binary("admin", dundun::kAdminEndpoints, dundun::Needs::kWrites); }
