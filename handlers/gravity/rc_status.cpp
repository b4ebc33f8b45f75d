// GET /v1/rc/status: no tenant is connected to RingCentral as long as there is no such connector.
#include "handlers/gravity/routes.h"

namespace dundun {

Task<Response> rc_status(Context&) { co_return Response::json(R"({"connected":false})"); }

}  // namespace dundun
