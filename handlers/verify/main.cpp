#include "common/web/run_binary.h"
#include "handlers/verify/endpoints.h"

int main() { return dundun::run_binary("verify", dundun::kVerifyEndpoints, dundun::Needs::kSends); }
