#include "common/io/smpp.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "common/carrier/receipt_url.h"
#include "smpp-guard/doubts.h"
#include "smpp-guard/receipt.h"
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

TEST(SmppTest, ADataMessageComesBackAsItWas) {
  SmppMessage message = example();
  message.text.clear();
  message.options[0x0424] = "id:1 stat:DELIVRD";
  const auto back = smpp_data_message(smpp_data_body(message));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->destination, "254712345678");
  EXPECT_EQ(back->esm_class, kEsmUdh);
  EXPECT_EQ(back->options, message.options);
  EXPECT_FALSE(smpp_data_message("\0\1"));
}

SmppPdu receipt_pdu(const SmppMessage& message, bool by_data = false) {
  const auto command = by_data ? SmppCommand::kDataSm : SmppCommand::kDeliverSm;
  return {static_cast<uint32_t>(command), 0, 7,
          by_data ? smpp_data_body(message) : smpp_body(message)};
}

TEST(SmscReceiptTest, TextAndOptionsSayTheSame) {
  SmppMessage message;
  message.esm_class = kEsmReceipt;
  message.text = "id:00af sub:001 stat:UNDELIV err:027 text:";
  auto receipt = receipt_of(receipt_pdu(message));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->id + " " + receipt->word + " " + receipt->error, "00af UNDELIV 027");
  message.options[0x0424] = std::exchange(message.text, "");
  for (const bool by_data : {false, true}) {
    receipt = receipt_of(receipt_pdu(message, by_data));
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->id + " " + receipt->word + " " + receipt->error, "00af UNDELIV 027");
  }
  message.options = {
      {0x1E, std::string("00af\0", 5)}, {0x0427, "\x05"}, {0x0423, std::string("\x03\0\x1b", 3)}};
  receipt = receipt_of(receipt_pdu(message, true));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->id + " " + receipt->word + " " + receipt->error, "00af UNDELIV 27");
}

TEST(SmscReceiptTest, EveryStateOfTheOptionHasItsWord) {
  const char* words[] = {"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                         "UNDELIV",   "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"};
  SmppMessage message;  // not marked as a receipt
  message.options[0x1E] = "7";
  for (char state = 0; state <= 9; ++state) {
    message.options[0x0427] = std::string(1, state);
    const auto receipt = receipt_of(receipt_pdu(message));
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->word, words[static_cast<int>(state)]);
  }
  message.options[0x0427] = "\x63";
  EXPECT_EQ(receipt_of(receipt_pdu(message))->word, "NOSTAT");
}

TEST(SmscReceiptTest, AnAttemptThatFailedIsNotTheEnd) {
  SmppMessage message;
  message.esm_class = kEsmIntermediate;
  message.text = "id:7 stat:UNDELIV err:027";
  EXPECT_EQ(receipt_of(receipt_pdu(message))->word, "ENROUTE");
  message.text = "id:7 stat:DELIVRD err:000";
  EXPECT_EQ(receipt_of(receipt_pdu(message))->word, "DELIVRD");
}

TEST(SmscReceiptTest, ATextIsNoReceipt) {
  SmppMessage message;
  message.text = "id:7 stat:DELIVRD";
  EXPECT_FALSE(receipt_of(receipt_pdu(message)));
  message.options[0x1E] = "7";
  EXPECT_FALSE(receipt_of(receipt_pdu(message))) << "without a state";
  EXPECT_FALSE(receipt_of({static_cast<uint32_t>(SmppCommand::kEnquireLink), 0, 7, ""}));
  EXPECT_FALSE(receipt_of({static_cast<uint32_t>(SmppCommand::kDeliverSm), 0, 7, "x"}));
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
  Result<SubmitLog> open() const { return SubmitLog::open(path_, {std::chrono::hours(1)}); }
  void write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  using State = SubmitLog::State;
  std::string path_;
};

TEST_F(SubmitLogTest, WhatWasWaitedForIsInDoubtAfterARestart) {
  {
    auto log = open();
    ASSERT_TRUE(log);
    log->sent("a", 7);
    log->sent("b", 7);
    log->answered("b", {0, "00aF1"});
    log->sent("c", 7);
    log->not_taken("c");
    log->sent("d", 7);
    log->answered("d", {11, ""});
    EXPECT_EQ(log->find("a")->state, State::kWaiting);
    ASSERT_TRUE(log->flush());
    log->sent("never flushed", 7);
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
  log->sent("a", 7);
  log->answered("a", {0, "000000AF"});
  ASSERT_NE(log->reference_of("175"), nullptr);
  EXPECT_EQ(*log->reference_of("175"), "a");
  EXPECT_EQ(*log->reference_of("af"), "a");
  EXPECT_EQ(log->reference_of("176"), nullptr);
}

// The process died while it wrote the last line: every way in which that can end.
TEST_F(SubmitLogTest, ALineCutInTheMiddleIsAsIfItWereNotThere) {
  const std::string at = std::to_string(unix_micros(now()) / 1'000'000);
  for (const std::string& line :
       {"S " + at + " new", "A " + at + " a 0 00af", "A " + at + " new 0 00af", "N " + at + " a"}) {
    for (size_t size = 1; size <= line.size(); ++size) {
      write("S " + at + " a\n" + line.substr(0, size));
      const auto log = open();
      ASSERT_TRUE(log);
      ASSERT_NE(log->find("a"), nullptr) << line.substr(0, size);
      EXPECT_EQ(log->find("a")->state, State::kInDoubt) << line.substr(0, size);
      EXPECT_EQ(log->failed().size(), 1u) << line.substr(0, size);
      EXPECT_EQ(log->reference_of("af"), nullptr) << line.substr(0, size);
    }
  }
}

// What a disk left of a line in the middle of the file is not taken for one.
TEST_F(SubmitLogTest, ALineThatIsNotWholeSaysNothing) {
  const std::string at = std::to_string(unix_micros(now()) / 1'000'000);
  const std::string bad[] = {"",
                             "S",
                             "S " + at,
                             "S b",
                             "S x b",
                             "X " + at + " b",
                             "A " + at + " a",
                             "A " + at + " a x 00af",
                             "A " + at + " b",
                             "N " + at,
                             std::string(8, '\0')};
  for (const std::string& line : bad) {
    write("S " + at + " a\n" + line + "\nS " + at + " z\n");
    const auto log = open();
    ASSERT_TRUE(log);
    ASSERT_NE(log->find("a"), nullptr) << line;
    EXPECT_EQ(log->find("a")->state, State::kInDoubt) << line;
    EXPECT_EQ(log->find("b"), nullptr) << line;
    EXPECT_NE(log->find("z"), nullptr) << line;
    EXPECT_EQ(log->failed().size(), 2u) << line;
  }
}

TEST_F(SubmitLogTest, WhatIsOlderThanItIsKeptIsForgottenOnceItWasTold) {
  const int64_t now_s = unix_micros(now()) / 1'000'000;
  const std::string then = std::to_string(now_s - 3610);
  write("S " + then + " doubtful\nA " + then + " refused 11 \nS " + then + " told\nT " + then +
        " told\nA " + then + " older 0 00af\nS " + std::to_string(now_s - 3500) + " young\n");
  const auto log = open();
  ASSERT_TRUE(log);
  EXPECT_EQ(log->find("told"), nullptr);
  EXPECT_EQ(log->find("older"), nullptr);
  EXPECT_EQ(log->reference_of("00af"), nullptr);
  EXPECT_NE(log->find("young"), nullptr);
  const auto failed = log->failed();
  EXPECT_EQ(std::set<std::string>(failed.begin(), failed.end()),
            (std::set<std::string>{"doubtful", "refused", "young"}));
}

// A receipt for id 0 would otherwise be that of some message that was refused.
// What is forgotten leaves a mark: nothing that may be it is taken for new.
TEST_F(SubmitLogTest, TheOldestAreForgottenAndTheMarkOutlivesTheProcess) {
  const int64_t now_s = unix_micros(now()) / 1'000'000;
  std::string lines;
  for (int i = 0; i < 10; ++i) {
    lines += "A " + std::to_string(now_s - 100 + i) + " m" + std::to_string(i) + " 0 a" +
             std::to_string(i) + "\n";
  }
  write(lines);
  for (const int keep_s : {3600, 7200}) {  // a longer memory brings nothing back
    const auto log =
        SubmitLog::open(path_, {.keep = std::chrono::seconds(keep_s), .entries_max = 4});
    ASSERT_TRUE(log);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(log->find("m" + std::to_string(i)) != nullptr, i >= 6) << i;
      EXPECT_EQ(log->may_have_forgotten(now_s - 100 + i), i < 6) << i;
    }
    EXPECT_EQ(log->reference_of("a5"), nullptr);
    EXPECT_FALSE(log->may_have_forgotten(now_s));
  }
}

TEST_F(SubmitLogTest, WhatWasRefusedHasNoIdAfterARestartEither) {
  const std::string at = std::to_string(unix_micros(now()) / 1'000'000);
  write("A " + at + " a 69 00af\nA " + at + " b 11 \nA " + at + " c 0 000\n");
  const auto log = open();
  ASSERT_TRUE(log);
  for (const char* id : {"00af", "175", "0", "000", ""}) {
    EXPECT_EQ(log->reference_of(id), nullptr) << id;
  }
  EXPECT_EQ(log->failed().size(), 2u);
}

TEST_F(SubmitLogTest, OnlyWhatWasTakenHasAnId) {
  auto log = open();
  ASSERT_TRUE(log);
  log->sent("a", 7);
  log->answered("a", {69, "00af"});
  EXPECT_EQ(log->reference_of("00af"), nullptr);
  EXPECT_EQ(log->failed(), std::vector<std::string>{"a"});
  log->sent("b", 7);
  log->in_doubt("b");
  EXPECT_EQ(log->find("b")->state, State::kInDoubt);
  log->in_doubt("a");
  EXPECT_EQ(log->find("a")->state, State::kAnswered) << "it was answered";
}

TEST_F(SubmitLogTest, RecipientsAndWhatWasToldOutliveTheProcess) {
  {
    auto log = open();
    ASSERT_TRUE(log);
    log->sent("a", 0xfedcba9876543210);
    log->sent("b", 9);
    log->in_doubt("b");
    log->told("b");
    log->sent("c", 9);
    log->answered("c", {11, ""});
    log->told("c");
    log->told("unheard of");
    ASSERT_TRUE(log->flush());
  }
  for (int start = 1; start <= 2; ++start) {  // each writes the file anew
    const auto log = open();
    ASSERT_TRUE(log);
    EXPECT_EQ(log->find("a")->recipient, 0xfedcba9876543210);
    EXPECT_TRUE(log->find("b")->told);
    EXPECT_EQ(log->failed(), std::vector<std::string>{"a"}) << start;
  }
}

// What is answered after it was told is told again.
TEST_F(SubmitLogTest, AnAnswerIsNews) {
  auto log = open();
  ASSERT_TRUE(log);
  log->sent("a", 7);
  log->in_doubt("a");
  log->told("a");
  EXPECT_TRUE(log->failed().empty());
  log->answered("a", {11, ""});
  EXPECT_EQ(log->failed(), std::vector<std::string>{"a"});
}

// The disk is full while the file is written anew: the old file goes on.
TEST_F(SubmitLogTest, WhatIsNotedAfterARewriteThatFailedIsNotLost) {
  constexpr int kMessages = 30'000;  // enough lines for a rewrite
  auto log = open();
  ASSERT_TRUE(log);
  for (int i = 0; i < kMessages; ++i) {
    const std::string reference = "m" + std::to_string(i);
    for (int busy = 0; busy < 3; ++busy) {
      log->sent(reference, 7);
      if (busy < 2) log->not_taken(reference);
    }
  }
  ASSERT_TRUE(log->flush());
  const auto on_signal = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{100'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  EXPECT_FALSE(log->forget_old());
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, on_signal);
  log->sent("later", 7);
  ASSERT_TRUE(log->flush());
  const auto next = open();
  ASSERT_TRUE(next);
  EXPECT_NE(next->find("later"), nullptr);
  EXPECT_NE(next->find("m0"), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path_ + ".new"));
}

TEST_F(SubmitLogTest, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(SubmitLog::open("/nonexistent/submits", {}));
}

TEST(DoubtsTest, ANumberIsKnownInEveryForm) {
  const uint64_t key = recipient_key("254712345678");
  for (const char* form : {"+254712345678", "00254712345678", "0712345678", "712345678"}) {
    EXPECT_EQ(recipient_key(form), key) << form;
  }
  EXPECT_NE(recipient_key("254712345679"), key);
  for (const char* none : {"", "Kijani", "000"}) EXPECT_EQ(recipient_key(none), 0u) << none;
  EXPECT_NE(recipient_key("20880"), 0u);
}

std::string reference_of_part(uint8_t message, int part) {
  PartReference reference{42, Environment::kLive, {}, part, 3};
  reference.message_id.bytes[0] = message;
  return reference_text(reference) + ".00aa";
}

TEST(DoubtsTest, AReceiptIsTheOnlyOnesThatItCanBe) {
  const auto until = Doubts::Clock::now() + std::chrono::hours(1);
  Doubts doubts;
  EXPECT_EQ(doubts.owner(7, 100), "");
  doubts.open("a", {7, 50, until});
  doubts.open("other", {8, 50, until});
  doubts.open("nobody's", {0, 50, until});
  EXPECT_EQ(doubts.owner(7, 100), "a");
  EXPECT_EQ(doubts.owner(7, 49), "") << "older than the submit";
  EXPECT_EQ(doubts.owner(0, 100), "");
  doubts.open("b", {7, 60, until});
  EXPECT_EQ(doubts.owner(7, 100), "") << "of one of two";
  EXPECT_EQ(doubts.owner(7, 55), "a");
  doubts.close("a");
  EXPECT_EQ(doubts.owner(7, 100), "b");
  doubts.close("b");
  doubts.close("b");
  EXPECT_EQ(doubts.owner(7, 100), "");
}

TEST(DoubtsTest, PartsOfOneTextTakeReceiptsInTurn) {
  const auto until = Doubts::Clock::now() + std::chrono::hours(1);
  Doubts doubts;
  for (int part = 3; part >= 1; --part) doubts.open(reference_of_part(1, part), {7, 50, until});
  for (int part = 1; part <= 3; ++part) {
    const std::string owner = doubts.owner(7, 100);
    EXPECT_EQ(owner, reference_of_part(1, part));
    doubts.close(owner);
  }
  doubts.open(reference_of_part(1, 1), {7, 50, until});
  doubts.open(reference_of_part(2, 1), {7, 50, until});
  EXPECT_EQ(doubts.owner(7, 100), "");
}

TEST(DoubtsTest, ADoubtEndsOnce) {
  const auto at = Doubts::Clock::now();
  Doubts doubts;
  doubts.open("a", {7, 50, at});
  doubts.open("b", {8, 50, at + std::chrono::seconds(1)});
  EXPECT_EQ(doubts.take_late(at), std::vector<std::string>{"a"});
  EXPECT_TRUE(doubts.take_late(at).empty());
  EXPECT_EQ(doubts.owner(7, 100), "");
  EXPECT_EQ(doubts.owner(8, 100), "b");
  doubts.extend(std::chrono::seconds(1));
  EXPECT_TRUE(doubts.take_late(at + std::chrono::seconds(1)).empty());
  EXPECT_EQ(doubts.take_late(at + std::chrono::seconds(2)), std::vector<std::string>{"b"});
}

}  // namespace smpp_test
}  // namespace dundun
