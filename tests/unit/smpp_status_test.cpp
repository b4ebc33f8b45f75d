// What SMSCs' answers mean: one table, the page that shows it, and what Kannel makes of it.
#include "common/io/smpp_status.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace dundun {
namespace smpp_status_test {

using enum SmppMeaning;

TEST(SmppStatusTest, ThePageShowsTheTable) {
  std::ifstream file("deploy/smpp-codes.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::set<uint32_t> codes;
  for (const SmppStatus& status : smpp_statuses()) {
    const std::string row = "| " + smpp_code_text(status.code) + " | " + std::string(status.name) +
                            " | " + std::string(smpp_meaning_name(status.meaning)) + " | " +
                            std::string(status.words) + " |\n";
    EXPECT_NE(page.find(row), std::string::npos) << row;
    EXPECT_TRUE(codes.insert(status.code).second) << row;
  }
  EXPECT_EQ(codes.size(), 48u) << "all of SMPP 3.4";
}

// Source: Kannel 1.4.5, gw/smsc/smsc_smpp.c, smpp_status_to_smscconn_failure_reason.
TEST(SmppStatusTest, WhatMayPassIsWhatKannelRepeats) {
  const SmppStatuses statuses;
  for (const SmppStatus& status : smpp_statuses()) {
    const SmppMeaning meaning = statuses.meaning(status.code);
    const bool passes = meaning == kTemporary || meaning == kThrottled;
    EXPECT_EQ(passes, kannel_repeats(status.code)) << status.name;
  }
  EXPECT_EQ(statuses.meaning(0x08), kTemporary);
  EXPECT_EQ(statuses.meaning(0x64), kTemporary);
  EXPECT_EQ(statuses.meaning(0x58), kThrottled);
  EXPECT_EQ(statuses.meaning(0x4f1), kUnknown);
}

TEST(SmppStatusTest, NothingFinalIsAnsweredWithWhatKannelRepeats) {
  for (uint32_t code = 1; code < 0x500; ++code) {
    EXPECT_FALSE(kannel_repeats(status_for_kannel(kPermanent, code))) << code;
    EXPECT_FALSE(kannel_repeats(status_for_kannel(kUnknown, code))) << code;
    EXPECT_TRUE(kannel_repeats(status_for_kannel(kTemporary, code))) << code;
    EXPECT_TRUE(kannel_repeats(status_for_kannel(kThrottled, code))) << code;
  }
  EXPECT_EQ(status_for_kannel(kPermanent, 0x0b), 0x0bu);
  EXPECT_EQ(status_for_kannel(kPermanent, 0x08), kSmppSubmitFailed);
  EXPECT_EQ(status_for_kannel(kTaken, 0), kSmppOk);
}

TEST(SmppStatusTest, ALinkLearns) {
  SmppStatuses statuses;
  EXPECT_TRUE(statuses.learn("0x400=temporary"));
  EXPECT_TRUE(statuses.learn("4F1=throttled"));
  EXPECT_TRUE(statuses.learn("0X08=permanent"));
  EXPECT_EQ(statuses.meaning(0x400), kTemporary);
  EXPECT_EQ(statuses.meaning(0x4f1), kThrottled);
  EXPECT_EQ(statuses.meaning(0x08), kPermanent);
  for (const char* bad : {"", "0x400", "=temporary", "0x400=", "0x400=later", "0x400=taken",
                          "0x400=unknown", "0x0=permanent", "0xZZ=permanent", "1 =permanent"}) {
    EXPECT_FALSE(statuses.learn(bad)) << bad;
  }
}

}  // namespace smpp_status_test
}  // namespace dundun
