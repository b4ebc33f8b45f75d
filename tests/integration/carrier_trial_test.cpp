// dundunctl carrier try: one real message by a carrier.
#include <fstream>

#include "tests/support/http_carrier_test.h"
#include "tests/support/process.h"

namespace dundun {
namespace carrier_trial_test {

class CarrierTrialTest : public HttpCarrierTest {
 protected:
  std::string try_it(const std::string& more, int wanted = 0) {
    const std::string log = Stack::shared().folder() + "/try.log";
    std::ofstream(log).close();
    const int status = run_command(
        {"sh", "-c",
         Stack::shared().binary("dundunctl") + " carrier try " + carrier_ + " --json " + more},
        service_->environment(), log);
    std::ifstream file(log);
    std::string out((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(status, wanted) << out;
    return out;
  }
};

TEST_F(CarrierTrialTest, ShowsWhatWasAskedAnsweredAndReported) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  // The receipts come while it waits, as the carrier's calls.
  std::thread carrier([&] {
    wait_until([&] { return gateway_->seen().size() == 1; });
    EXPECT_EQ(with_secret("id=ATXid_001&status=Sent", false).status, 200);
    EXPECT_EQ(with_secret(
                  "id=ATXid_001&status=AbsentSubscriber&failureReason=Off&networkCode=63902", false)
                  .status,
              200);
  });
  const std::string out = try_it("--to +254712345678 --from Kijani --wait-s 20");
  carrier.join();
  EXPECT_TRUE(contains(out, R"(apiKey: ***)")) << out;
  EXPECT_FALSE(contains(out, "key-of-the-carrier")) << out;
  EXPECT_TRUE(contains(out, R"("http":201)")) << out;
  EXPECT_TRUE(contains(out, R"("means":"accepted")")) << out;
  EXPECT_TRUE(contains(out, R"("carrier_message_id":"ATXid_001")")) << out;
  EXPECT_TRUE(contains(out, R"("word":"ACCEPTD","means":"sent")")) << out;
  EXPECT_TRUE(contains(out, R"("word":"UNDELIV","means":"failed","error":"Off")")) << out;
  EXPECT_TRUE(contains(out, R"("network_code":"63902")")) << out;
  EXPECT_EQ(count("messages"), 0);
  EXPECT_EQ(count("carrier_receipts"), 0) << "nobody has to look at them again";
  EXPECT_EQ(count("audit_log where action = 'carrier.tried'"), 1);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(CarrierTrialTest, ARefusalIsShownAndNothingIsAwaited) {
  start("africastalking",
        [](const Seen&) { return africastalking_says(407, "CouldNotRoute key-of-the-carrier"); });
  const std::string out = try_it("--to +254712345678 --from Kijani --wait-s 300");
  EXPECT_TRUE(contains(out, R"("means":"refused")")) << out;
  EXPECT_TRUE(contains(out, R"("carrier_error_code":"407","elsewhere":true)")) << out;
  EXPECT_FALSE(contains(out, R"("receipts")")) << out;
  EXPECT_FALSE(contains(out, "key-of-the-carrier")) << out;
}

TEST_F(CarrierTrialTest, WhatIsWrongIsNamedAndNothingLeaves) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  EXPECT_TRUE(contains(try_it("--to 12 --from Kijani", 1), "to"));
  EXPECT_TRUE(contains(try_it("--to +254712345678", 1), "from"));
  EXPECT_TRUE(contains(try_it("--to +254712345678 --from K --wait-s 301", 1), "wait_s"));
  carrier_ = "nobody";
  EXPECT_TRUE(contains(try_it("--to +254712345678 --from K", 1), "Carrier not found"));
  EXPECT_EQ(gateway_->seen().size(), 0u);
}

// One key is one message.
TEST_F(CarrierTrialTest, ARepeatSendsNothing) {
  start("africastalking", [](const Seen&) { return africastalking_takes(1); });
  const std::string line = "--to +254712345678 --from Kijani --wait-s 0 --idempotency-key k1";
  const std::string first = try_it(line);
  EXPECT_EQ(try_it(line), first);
  EXPECT_EQ(gateway_->seen().size(), 1u);
}

}  // namespace carrier_trial_test
}  // namespace dundun
