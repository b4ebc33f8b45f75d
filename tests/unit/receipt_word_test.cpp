// The words of receipts as carriers write them.
#include <gtest/gtest.h>

#include "common/carrier/http/callback.h"
#include "common/carrier/kannel/kannel.h"
#include "common/sms/dlr.h"
#include "tests/support/cases.h"

namespace dundun {
namespace receipt_word_test {

std::optional<MessageStatus> judged(std::string_view word) {
  return judge_dlr(normalize_dlr_word(word)).status;
}

TEST(ReceiptWordTest, EveryNameOfAnSmppStateInAnyCase) {
  const std::pair<const char*, MessageStatus> names[] = {
      {"DELIVRD", MessageStatus::kDelivered},    {"DELIVERED", MessageStatus::kDelivered},
      {"ACCEPTD", MessageStatus::kSent},         {"ACCEPTED", MessageStatus::kSent},
      {"ENROUTE", MessageStatus::kSent},         {"En Route", MessageStatus::kSent},
      {"EN_ROUTE", MessageStatus::kSent},        {"SCHEDULED", MessageStatus::kSent},
      {"UNDELIV", MessageStatus::kFailed},       {"UNDELIVERED", MessageStatus::kFailed},
      {"UNDELIVERABLE", MessageStatus::kFailed}, {"UNDELIVRD", MessageStatus::kFailed},
      {"REJECTD", MessageStatus::kFailed},       {"REJECTED", MessageStatus::kFailed},
      {"EXPIRED", MessageStatus::kFailed},       {"DELETED", MessageStatus::kFailed},
      {"UNKNOWN", MessageStatus::kFailed},       {"SKIPPED", MessageStatus::kFailed},
      {"FAILED", MessageStatus::kFailed}};
  for (const auto& [name, status] : names) {
    std::string small = name;
    for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    EXPECT_EQ(judged(name), status) << name;
    EXPECT_EQ(judged(small), status) << small;
  }
  for (const char* other : {"", "BUFFERED", "DELIVR", "2", "NOSTAT", "UNDELIVERABLY"}) {
    EXPECT_FALSE(judged(other)) << other;
  }
}

TEST(ReceiptWordTest, EveryNumberOfAnSmppState) {
  const char* names[] = {"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                         "UNDELIV",   "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"};
  for (int number = 0; number <= 9; ++number) {
    const std::string digits = std::to_string(number);
    EXPECT_EQ(smpp_state_name(digits), names[number]);
    EXPECT_EQ(smpp_state_name("00" + digits), names[number]);
    EXPECT_EQ(receipt_word("id:1 stat:" + digits + " err:0"), names[number]);
    EXPECT_TRUE(judged(smpp_state_name(digits)));
  }
  for (const char* other : {"", "10", "-1", "x", "2x"}) EXPECT_EQ(smpp_state_name(other), "");
  EXPECT_EQ(receipt_word("stat:10"), "10") << "kept as it is";
}

TEST(ReceiptWordTest, WhateverStandsBehindIt) {
  for (const char* behind : {"", " err:000", "\r\nerr:000", "\n", "\r", "\t", ",err:0", ", x",
                             "+err:000", ";", "; err:0", ".", "&x=1", "|", "\""}) {
    for (const char* before : {"", "id:1 ", "id:1,", "id:1+done+date:2602021200+", "id:1\r\n"}) {
      for (const char* label : {"stat:", "STAT:", "Stat:", "stat: "}) {
        const std::string text = std::string(before) + label + "DELIVRD" + behind;
        EXPECT_EQ(receipt_word(text), "DELIVRD") << text;
      }
    }
  }
  for (const char* without : {"", "stat", "stat:", "stat: ", "id:1 substat:DELIVRD", "stat=1"}) {
    EXPECT_EQ(receipt_word(without), "") << without;
  }
  EXPECT_EQ(receipt_field("ID:a-1+2;x,y sub:001", "id:"), "a-1+2;x,y");
  EXPECT_EQ(receipt_field("sub:001 submitid:7", "id:"), "");
}

TEST(ReceiptWordTest, ReceiptsFromTheField) {
  for (const Case& one : cases_of("outside/receipts.txt")) {
    const std::string word = normalize_dlr_word(receipt_word(unescaped(one[0])));
    EXPECT_EQ(word, one[1]) << one[0];
    const auto status = judge_dlr(word).status;
    EXPECT_EQ(status ? status_name(*status) : "-", one[2]) << one[0];
  }
}

TEST(ReceiptWordTest, EachWayInReadsItAlike) {
  EXPECT_EQ(kannel_receipt_word("2", "id:1 Stat:REJECTED\r\nerr:1"), "REJECTED");
  EXPECT_EQ(kannel_receipt_word("2", "id:1+stat:5+err:1"), "UNDELIV");
  EXPECT_EQ(kannel_receipt_word("2", "stat:"), "UNDELIV") << "Kannel itself says so";
}

}  // namespace receipt_word_test
}  // namespace dundun
