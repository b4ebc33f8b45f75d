#include "common/web/main.h"

#include "handlers/verify/routes.h"

int main() { return dundun::run_binary("verify", dundun::kVerifyEndpoints, dundun::Needs::kSends); }
