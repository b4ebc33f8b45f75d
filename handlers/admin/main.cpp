#include "common/web/main.h"

#include "handlers/admin/routes.h"

int main() { return dundun::run_binary("admin", dundun::kAdminEndpoints, dundun::Needs::kWrites); }
