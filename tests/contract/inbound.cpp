// The questions to handlers/inbound.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_inbound() {
  const HttpAnswer list = ask("GET /inbound");
  const size_t at = list.body.find("mo_");
  ASSERT_NE(at, std::string::npos) << list.body;
  ask("GET /inbound/{id}", "/inbound/" + list.body.substr(at, 35));
  ask("GET /inbound/{id}", "/inbound/mo_0");
  ask("POST /opt-outs", "", R"({"phone":"+254712345601"})");
  ask("POST /opt-outs", "", R"({"phone":["+254712345602","+254712345603"]})");
  ask("GET /opt-outs");
  ask("DELETE /opt-outs/{phone}", "/opt-outs/%2B254712345601");
  ask("DELETE /opt-outs/{phone}", "/opt-outs/%2B254712345601");
}

}  // namespace openapi_test
}  // namespace dundun
