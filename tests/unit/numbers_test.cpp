// The numbers that statements name are those of the enumerations.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "common/identity/caller.h"
#include "common/journal/admission.h"
#include "common/journal/changes/verify.h"
#include "common/sms/account.h"
#include "common/sms/campaign.h"
#include "common/sms/status.h"
#include "common/webhooks/call.h"

namespace dundun {
namespace numbers_test {

std::map<std::string, int> named() {
  std::map<std::string, int> numbers;
  std::ifstream file("sql/numbers.txt");
  std::string name;
  for (std::string line; std::getline(file, line);) {
    const size_t blank = line.find(' ');
    if (line.starts_with('#') || blank == std::string::npos) continue;
    numbers[line.substr(0, blank)] = std::stoi(line.substr(blank));
  }
  return numbers;
}

template <class E>
void expect(const std::string& name, E value) {
  static const std::map<std::string, int> numbers = named();
  ASSERT_TRUE(numbers.contains(name)) << name;
  EXPECT_EQ(numbers.at(name), static_cast<int>(value)) << name;
}

TEST(NumbersTest, AreThoseOfTheEnumerations) {
  for (int status = 1; status <= 9; ++status) {
    const auto value = static_cast<MessageStatus>(status);
    expect("message." + std::string(status_name(value)), value);
  }
  for (int16_t status = 1; status <= kCampaignStatusMax; ++status) {
    const auto value = static_cast<CampaignStatus>(status);
    expect("campaign." + std::string(campaign_status_name(value)), value);
  }
  expect("ledger.charge", LedgerLine::Type::kCharge);
  expect("ledger.refund", LedgerLine::Type::kRefund);
  expect("verification.pending", VerifyStatus::kPending);
  expect("verification.approved", VerifyStatus::kApproved);
  expect("verification.failed", VerifyStatus::kFailed);
  expect("verification.canceled", VerifyStatus::kCanceled);
  expect("delivery.pending", DeliveryState::kPending);
  expect("delivery.delivered", DeliveryState::kDelivered);
  expect("delivery.dead", DeliveryState::kDead);
  expect("user.admin", Role::kAdmin);
  expect("account.active", AccountStatus::kActive);
  expect("account.suspended", AccountStatus::kSuspended);
  expect("account.closed", AccountStatus::kClosed);
}

}  // namespace numbers_test
}  // namespace dundun
