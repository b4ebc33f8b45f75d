// The questions to handlers/verify.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

void OpenApiTest::ask_verify() {
  const std::string live = key_;
  const HttpAnswer app = ask("POST /verify/apps", "", R"({"name":"Shop","code_length":4})");
  const std::string path = "/verify/apps/" + member(app, "id");
  key_ = seed_key(pg(), account_, KeyKind::kTest, "{send,query,admin}");
  const HttpAnswer started = ask("POST /verify/start", "",
                                 R"({"to":"+254712345678","app_id":")" + member(app, "id") + "\"}");
  const std::string id = member(started, "verification_id");
  const std::string of = R"({"verification_id":")" + id + R"(","code":")";
  ask("POST /verify/check", "", of + "0000000\"}");
  ask("POST /verify/start", "", R"({"to":"12"})");
  ask("GET /verify");
  ask("GET /verify/{id}", "/verify/" + id);
  ask("GET /verify/{id}", "/verify/ver-0");
  sql_of_test(pg(), "update verifications set sent_at = sent_at - interval '2 minutes'");
  ask("POST /verify/{id}/resend", "/verify/" + id + "/resend");
  ask("POST /verify/{id}/cancel", "/verify/" + id + "/cancel");
  const HttpAnswer second = ask("POST /verify/start", "", R"({"to":"+254712345679"})");
  ask("POST /verify/check", "",
      R"({"to":"+254712345679","code":")" + member(second, "sandbox_code") + "\"}");
  ask("GET /verify/apps");
  ask("GET /verify/apps/{id}", path);
  ask("GET /verify/apps/{id}/stats", path + "/stats");
  ask("GET /verify/countries");
  key_ = live;
  ask("PATCH /verify/apps/{id}", path, R"({"name":"Shop 2"})");
  ask("DELETE /verify/apps/{id}", path);
  ask("PUT /verify/countries", "", R"({"countries":[{"country":"KE","per_hour":100}]})");
}

}  // namespace openapi_test
}  // namespace dundun
