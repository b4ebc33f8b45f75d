// The questions to handlers/bulk.
#include "tests/contract/openapi_test.h"

namespace dundun {
namespace openapi_test {

std::string OpenApiTest::campaign(const std::string& more) {
  const HttpAnswer made = ask("POST /messages/send-bulk", "",
                              R"({"recipients":[{"to":"+254712345678"},{"to":"+254712345679"}],)"
                              R"("text":"Hi")" +
                                  more + "}");
  EXPECT_EQ(made.status, 200) << made.body;
  return member(made, "batch_id");
}

std::string OpenApiTest::drip() {
  return campaign(R"(,"schedule_mode":"drip","drip_rate":1,"scheduled_at":")" + in_two_days() +
                  "\"");
}

void OpenApiTest::ask_campaigns() {
  ask("POST /messages/bulk-precheck", "",
      R"({"recipients":[{"to":"+254712345678"},{"to":"0712"}],"text":"Hi {{name}}"})");
  const std::string batch = campaign("");
  ask("GET /messages/batch/{id}", "/messages/batch/" + batch);
  ask("GET /messages/batch/{id}", "/messages/batch/batch-unknown");
  ask("GET /messages/batches");
  ask("GET /messages/batches", "/messages/batches?after=" + batch);
  EXPECT_EQ(ask("GET /messages/batches", "/messages/batches?after=nonsense").status, 422);
  const std::string steered = "/messages/batch/" + drip();
  ask("POST /messages/batch/{id}/rate", steered + "/rate", R"({"drip_rate":60})");
  ask("POST /messages/batch/{id}/reschedule", steered + "/reschedule",
      R"({"scheduled_at":")" + in_two_days() + "\"}");
  ask("POST /messages/batch/{id}/pause", steered + "/pause");  // not yet: it has not begun
  const std::string running =
      "/messages/batch/" + campaign(R"(,"schedule_mode":"drip","drip_rate":1)");
  ask("POST /messages/batch/{id}/pause", running + "/pause");
  ask("POST /messages/batch/{id}/resume", running + "/resume");
  ask("POST /messages/batch/{id}/cancel", steered + "/cancel");
  ask("POST /messages/batch/{id}/cancel", steered + "/cancel");
}

}  // namespace openapi_test
}  // namespace dundun
