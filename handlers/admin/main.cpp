#include "common/web/run_binary.h"
#include "handlers/admin/endpoints.h"

int main() { return dundun::run_binary("admin", dundun::kAdminEndpoints, dundun::Needs::kWrites); }
