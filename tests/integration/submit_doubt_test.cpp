// A carrier that cannot tell repeats apart: a submit without an answer is never repeated, waits for
// a receipt, and fails with a refund when none comes. And what its receipts do.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/carrier/receipt_url.h"
#include "tests/support/http_stand_in.h"
#include "tests/support/seed.h"
#include "tests/support/stack.h"

namespace dundun {
namespace submit_doubt_test {

constexpr const char* kSecret = "a-secret-of-the-tests";

class SubmitDoubtTest : public testing::Test {
 protected:
  void start(HttpStandIn::Play play, const std::string& doubt_s) {
    gateway_ = std::make_unique<HttpStandIn>(std::move(play));
    const std::string carriers = Stack::shared().folder() + "/doubt-carriers";
    std::filesystem::create_directories(carriers);
    std::ofstream(carriers + "/plain") << "username=u\npassword=p\nsecret=" << kSecret << "\n";
    Service::Options options;
    options.environment = {{"CARRIER_SECRETS_DIR", carriers}, {"SUBMIT_DOUBT_S", doubt_s}};
    const std::string database = Stack::shared().fresh_database();
    Pg before({.url = database});
    sql_of_test(before, R"(insert into carriers (carrier, secret_hashes, kind, settings) values
      ('plain', '{}', 'kannel', '{"timeout_ms": 300, "receipts_url": "http://x", "url": ")" +
                            gateway_->url() + R"("}'))");
    sql_of_test(before, "update routes set connector = 'plain'");
    service_ = std::make_unique<Service>(database, options);
    account_ = seed_account(pg());
    key_ = seed_key(pg(), account_);
    scheduler_ = service_->scheduler(600);
  }
  Pg& pg() { return service_->pg(); }
  HttpAnswer send(const std::string& text) {
    return service_->client().post(key_, "/api/messages/send",
                                   R"({"to":"+254712345678","text":")" + text + R"("})");
  }
  std::string status() {
    const PgRows rows = sql_of_test(pg(), "select status, error_code from messages");
    return std::to_string(rows.i16(0, 0)) + " " + rows.maybe_text(0, 1).value_or("-");
  }
  int receipt(const std::string& reference, const std::string& signature, const std::string& type,
              const std::string& carrier = "plain") {
    return service_->client()
        .send("GET", "/carrier/" + carrier + "/kannel-receipt?ref=" + reference +
                         "&sig=" + signature + "&type=" + type + "&answer=x&id=7")
        .status;
  }
  std::string reference(int part = 1, int parts = 1) {
    const PgRows rows = sql_of_test(pg(), "select account_id, message_id from messages");
    return reference_text({rows.i64(0, 0), Environment::kLive, rows.uuid(0, 1), part, parts});
  }
  int receipt(int part, int parts, const std::string& type) {
    const std::string ref = reference(part, parts);
    return receipt(ref, receipt_signature(kSecret, ref), type);
  }

  std::unique_ptr<HttpStandIn> gateway_;
  std::unique_ptr<Service> service_;
  Process scheduler_;
  int64_t account_ = 0;
  std::string key_;
};

HttpStandIn::Reply silence(const HttpStandIn::Seen&) {
  std::this_thread::sleep_for(std::chrono::seconds(1));  // longer than anybody waits
  return {};
}

HttpStandIn::Reply accept_all(const HttpStandIn::Seen&) { return {202, "0: Accepted", ""}; }

TEST_F(SubmitDoubtTest, ASubmitWithoutAnswerIsNotRepeatedAndEndsRefunded) {
  start(silence, "3");
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return status() == "6 SUBMIT_UNKNOWN"; })) << status();
  EXPECT_EQ(gateway_->seen().size(), 1u);
  EXPECT_EQ(number_of(pg(), "select balance_micros from wallets where environment = 0"),
            1'000'000'000);
  EXPECT_EQ(number_of(pg(), "select count(*) from claims"), 0);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(SubmitDoubtTest, AReceiptEndsTheDoubt) {
  start(silence, "3600");
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until(
      [&] { return number_of(pg(), "select coalesce(max(recoveries), 0) from claims") > 0; }));
  EXPECT_EQ(status(), "2 -");
  EXPECT_EQ(receipt(1, 1, "1"), 200);
  EXPECT_EQ(status(), "5 -");
  EXPECT_TRUE(wait_until([&] { return number_of(pg(), "select count(*) from claims") == 0; }));
  EXPECT_EQ(gateway_->seen().size(), 1u);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(SubmitDoubtTest, AKilledWorkersSubmitIsNotRepeated) {
  start(silence, "3");
  std::thread client([&] { (void)send("Gate 4"); });
  ASSERT_TRUE(wait_until([&] { return gateway_->seen().size() == 1; }));
  for (size_t i = 0; i < service_->workers(); ++i) service_->worker(i).kill_now();
  client.join();
  for (size_t i = 0; i < service_->workers(); ++i) service_->start_worker(i);
  ASSERT_TRUE(wait_until([&] { return status() == "6 SUBMIT_UNKNOWN"; })) << status();
  EXPECT_EQ(gateway_->seen().size(), 1u);
  EXPECT_EQ(service_->reconcile(), 0);
}

TEST_F(SubmitDoubtTest, PartsAreOneVerdictInAnyOrderAndOnce) {
  start(accept_all, "3600");
  ASSERT_EQ(send(std::string(400, 'a')).status, 200);
  EXPECT_EQ(gateway_->seen().size(), 3u);
  EXPECT_EQ(receipt(3, 3, "1"), 200);
  EXPECT_EQ(receipt(3, 3, "1"), 200);
  EXPECT_EQ(receipt(1, 3, "1"), 200);
  // The scheduler has looked at both, and they do not make a verdict.
  ASSERT_TRUE(wait_until([&] {
    return number_of(pg(), "select count(*) from receipt_inbox where due_at is null") == 2;
  }));
  // The answer to the send did not wait for the record of its submit.
  EXPECT_TRUE(wait_until([&] { return status() == "3 -"; })) << status();
  EXPECT_EQ(receipt(2, 3, "1"), 200);
  ASSERT_TRUE(wait_until([&] { return status() == "5 -"; })) << status();
  EXPECT_TRUE(
      wait_until([&] { return number_of(pg(), "select count(*) from receipt_inbox") == 0; }));
}

TEST_F(SubmitDoubtTest, OnePartThatFailsFailsTheMessage) {
  start(accept_all, "3600");
  ASSERT_EQ(send(std::string(400, 'a')).status, 200);
  EXPECT_EQ(receipt(2, 3, "2"), 200);
  ASSERT_TRUE(wait_until([&] { return status() == "6 UNDELIV"; })) << status();
  EXPECT_EQ(number_of(pg(), "select count(*) from messages where refunded"), 0);
}

TEST_F(SubmitDoubtTest, OnlyTheSignedReceiptCounts) {
  start(accept_all, "3600");
  ASSERT_EQ(send("Gate 4").status, 200);
  ASSERT_TRUE(wait_until([&] { return status() == "3 -"; }));
  const std::string ref = reference(), good = receipt_signature(kSecret, ref);
  EXPECT_EQ(receipt(ref, "", "1"), 401);
  EXPECT_EQ(receipt(ref, receipt_signature("another", ref), "1"), 401);
  EXPECT_EQ(receipt(reference(1, 2), good, "1"), 401);
  EXPECT_EQ(receipt(ref, good, "1", "nobody"), 401);
  EXPECT_EQ(receipt(ref, good, "9"), 400);
  EXPECT_EQ(receipt("", receipt_signature(kSecret, ""), "1"), 401);
  EXPECT_EQ(status(), "3 -");
  // A signed one of a message that is not there is kept for the operator.
  const std::string lost = "1-0-" + std::string(32, 'a') + "-1-1";
  EXPECT_EQ(receipt(lost, receipt_signature(kSecret, lost), "1"), 404);
  EXPECT_EQ(number_of(pg(),
                      "select count(*) from carrier_receipts where word = 'DELIVRD'"
                      " and carrier = 'plain' and carrier_message_id = '7'"),
            1);
  EXPECT_EQ(receipt(ref, good, "1"), 200);
  EXPECT_EQ(status(), "5 -");
}

}  // namespace submit_doubt_test
}  // namespace dundun
