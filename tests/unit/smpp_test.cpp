#include "common/io/smpp.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "smpp-guard/submit_log.h"

namespace dundun {
namespace smpp_test {

SmppMessage example() {
  SmppMessage message;
  message.source_ton = 5;
  message.source = "Kijani";
  message.destination_ton = 1;
  message.destination_npi = 1;
  message.destination = "254712345678";
  message.esm_class = kEsmUdh;
  message.registered_delivery = 1;
  message.text = std::string("\x05\x00\x03\x2a\x02\x01part", 10);
  message.options[0x1E00] = std::string("a-1\0", 4);
  return message;
}

TEST(SmppTest, AMessageComesBackAsItWas) {
  const auto back = smpp_message(smpp_body(example()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->source, "Kijani");
  EXPECT_EQ(back->source_ton, 5);
  EXPECT_EQ(back->destination, "254712345678");
  EXPECT_EQ(back->esm_class, kEsmUdh);
  EXPECT_EQ(back->text, example().text);
  EXPECT_EQ(smpp_take_c_string(back->options.at(0x1E00)), "a-1");
}

TEST(SmppTest, ABodyThatEndsEarlyIsRefusedWhereverItEnds) {
  const std::string body = smpp_body(example());
  for (size_t size = 0; size < body.size(); ++size) {
    // It may end where the options begin.
    if (size == body.size() - 8) continue;
    EXPECT_FALSE(smpp_message(body.substr(0, size))) << size;
  }
}

TEST(SmppTest, PdusAreTakenWhole) {
  const SmppPdu pdu{static_cast<uint32_t>(SmppCommand::kSubmitSm), 0, 7, smpp_body(example())};
  const std::string bytes = smpp_bytes(pdu) + smpp_bytes(smpp_answer(pdu, kSmppThrottled));
  std::string buffer;
  std::vector<SmppPdu> taken;
  for (const char byte : bytes) {
    buffer += byte;
    auto next = smpp_take_pdu(buffer);
    ASSERT_TRUE(next);
    if (*next) taken.push_back(**next);
  }
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_TRUE(taken[0].is(SmppCommand::kSubmitSm));
  EXPECT_EQ(taken[1].status, kSmppThrottled);
  EXPECT_EQ(taken[1].sequence, 7u);
  EXPECT_TRUE(taken[1].is_answer());
}

TEST(SmppTest, ALengthThatCannotBeEndsTheLink) {
  std::string tiny(16, '\0');
  tiny[3] = 15;
  EXPECT_FALSE(smpp_take_pdu(tiny));
  std::string huge(16, '\x7f');
  EXPECT_FALSE(smpp_take_pdu(huge));
}

class SubmitLogTest : public testing::Test {
 protected:
  SubmitLogTest() : path_(testing::TempDir() + "submit-log-" + std::to_string(getpid())) {
    std::filesystem::remove(path_);
  }
  ~SubmitLogTest() override { std::filesystem::remove(path_); }
  Result<SubmitLog> open() const { return SubmitLog::open(path_, std::chrono::hours(1)); }
  using State = SubmitLog::State;
  std::string path_;
};

TEST_F(SubmitLogTest, WhatWasWaitedForIsInDoubtAfterARestart) {
  {
    auto log = open();
    ASSERT_TRUE(log);
    log->sent("a");
    log->sent("b");
    log->answered("b", {0, "00aF1"});
    log->sent("c");
    log->not_taken("c");
    log->sent("d");
    log->answered("d", {11, ""});
    EXPECT_EQ(log->find("a")->state, State::kWaiting);
    ASSERT_TRUE(log->flush());
    log->sent("never flushed");
  }
  auto log = open();
  ASSERT_TRUE(log);
  EXPECT_EQ(log->find("a")->state, State::kInDoubt);
  EXPECT_EQ(log->find("b")->state, State::kAnswered);
  EXPECT_EQ(log->find("b")->answer.smsc_id, "00aF1");
  EXPECT_EQ(log->find("c"), nullptr);
  EXPECT_EQ(log->find("d")->answer.status, 11u);
  EXPECT_EQ(log->find("never flushed"), nullptr);
  EXPECT_EQ(log->failed().size(), 2u);
}

TEST_F(SubmitLogTest, AnIdIsFoundInHexAndInDecimal) {
  auto log = open();
  ASSERT_TRUE(log);
  log->sent("a");
  log->answered("a", {0, "000000AF"});
  ASSERT_NE(log->reference_of("175"), nullptr);
  EXPECT_EQ(*log->reference_of("175"), "a");
  EXPECT_EQ(*log->reference_of("af"), "a");
  EXPECT_EQ(log->reference_of("176"), nullptr);
}

TEST_F(SubmitLogTest, ALineCutInTheMiddleIsAsIfItWereNotThere) {
  {
    auto log = open();
    log->sent("a");
    ASSERT_TRUE(log->flush());
  }
  std::ofstream(path_, std::ios::app) << "S 99999999";
  auto log = open();
  ASSERT_TRUE(log);
  EXPECT_NE(log->find("a"), nullptr);
  EXPECT_EQ(log->failed().size(), 1u);
}

TEST_F(SubmitLogTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(SubmitLog::open("/nonexistent/submits", std::chrono::hours(1)));
}

}  // namespace smpp_test
}  // namespace dundun
